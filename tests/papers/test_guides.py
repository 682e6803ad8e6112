"""The commands of the guides, run in their order against the service that they are about."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.papers.guide import ADDRESS, PAPERS, environment, guides, is_shown, script, steps
from tests.support.service import ROOT, free_port, running_service

PATIENCE = 300


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a run is that was started as the guides say."""
    asked = environment(PAPERS[path] for path in guides())
    with running_service(tmp_path_factory.mktemp("service"), free_port(), **asked) as service:
        yield service.url.removeprefix("http://")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like the project's, in which a guide leaves its files."""
    for path in ROOT.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.mark.server
@pytest.mark.parametrize("path", guides())
def test_the_commands_of_a_guide_work_in_their_order_and_print_what_it_shows(
    address: str, folder: Path, path: str
) -> None:
    found = steps(PAPERS[path])
    ended = subprocess.run(
        ["bash", "-c", script(found, address)],
        cwd=folder, env=dict(os.environ) | {"PYTHON": "true"},
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    parts = ended.stdout.replace(address, ADDRESS).split("== ")[1:]
    printed = dict(part.split("\n", 1) for part in parts)
    assert ended.returncode == 0, f"{path}:{list(printed)[-1]}\n{ended.stdout}\n{ended.stderr}"
    missing = [
        (f"{path}:{step.line}", output, printed[str(step.line)])
        for step in found
        for output in step.outputs
        if not is_shown(output, printed[str(step.line)])
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("expected", "printed"),
    [('{"id":"vs_1…","n":3}', '{"id":"vs_abc","n":17}'),
     ('{"data":[{"id":"…",…}],\n  "next": null}', '{"data":[{"id":"a","b":{}}],"next":null}')],
)  # fmt: skip
def test_an_output_that_differs_only_in_what_changes_is_as_shown(
    expected: str, printed: str
) -> None:
    assert is_shown(expected, f"before\n{printed}\nafter")


@pytest.mark.parametrize("printed", ['{"id":"x","status":"canceled"}', '{"status":"verified"}', ""])
def test_an_output_with_another_word_or_member_is_not_as_shown(printed: str) -> None:
    assert not is_shown('{"id":"vs_…","status":"verified"}', printed)
