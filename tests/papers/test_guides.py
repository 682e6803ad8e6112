"""The commands of the guides, run in their order against the service that they are about."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.papers.guide import ADDRESS, PAPERS, environment, guides, parts, script, steps
from tests.papers.shown import is_shown
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
    printed = parts(ended.stdout)
    assert ended.returncode == 0, f"{path}:{max(printed)}\n{ended.stdout}\n{ended.stderr}"
    told = parts((folder / "told").read_text())
    missing = [
        (f"{path}:{step.line}", output, shown)
        for step in found
        for output in step.outputs
        if not is_shown(
            output, shown := (printed[step.line] + told[step.line]).replace(address, ADDRESS)
        )
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("expected", "printed"),
    [('{"id":"vs_1…","at":1795972049}', '{"id":"vs_abc","at":1895972049}'),
     ('{"data":[{"id":"…",…}],\n  "next": null}', '{"data":[{"id":"a","b":{}}],"next":null}'),
     ('{…,"b":{"c":true,…}}', '{"a":1}\n{"b":{"a":1,"c":true},"z":2}'), ("[1, …]", "x [1,2,3]")],
)  # fmt: skip
def test_an_output_that_differs_only_in_what_changes_is_as_shown(
    expected: str, printed: str
) -> None:
    assert is_shown(expected, f"before {{\n{printed}\nafter")


@pytest.mark.parametrize(
    "printed",
    ['{"id":"x","status":"canceled","n":1}', '{"status":"verified","n":1}', "", "[]",
     '{"id":"x","status":"verified","n":1,"more":0}', '{"id":"x","status":"verified","n":2}'],
)  # fmt: skip
def test_an_output_with_another_word_number_or_member_is_not_as_shown(printed: str) -> None:
    assert not is_shown('{"id":"vs_…","status":"verified","n":1}', printed)
