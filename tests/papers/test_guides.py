"""The commands of the guides, run in their order against the service that they are about."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.papers.guide import ADDRESS, PAPERS, guides, parts, script, steps
from tests.papers.shown import is_shown
from tests.support.service import ROOT, Service

PATIENCE = 300


@pytest.mark.server
def test_the_commands_of_each_guide_work_in_their_order_and_print_what_it_shows(
    tmp_path: Path, service: Service
) -> None:
    address = service.url.removeprefix("http://")
    found = [
        finding for path in guides() for finding in wrong_in(path, project_in(tmp_path), address)
    ]
    assert found == []


def project_in(parent: Path) -> Path:
    """A folder that looks like the project's, in which a guide leaves its files."""
    folder = parent / f"project{len(list(parent.iterdir()))}"
    folder.mkdir()
    for path in ROOT.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


def wrong_in(path: str, folder: Path, address: str) -> list[tuple[str, str, str]]:
    """Where a guide ends, or prints something else: the place, what it shows, and what came."""
    found = steps(PAPERS[path])
    ended = subprocess.run(
        ["bash", "-c", script(found, address)],
        cwd=folder, env=dict(os.environ) | {"PYTHON": "true"},
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    printed, told = parts(ended.stdout), parts((folder / "told").read_text())
    if ended.returncode:
        return [(f"{path}:{max(printed)}", "a command failed", ended.stdout + ended.stderr)]
    came = {line: (text + told[line]).replace(address, ADDRESS) for line, text in printed.items()}
    return [
        (f"{path}:{step.line}", output, came[step.line])
        for step in found
        for output in step.outputs
        if not is_shown(output, came[step.line])
    ]
