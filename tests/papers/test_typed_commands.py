"""The commands of the papers that need no server and no account, typed as they stand there."""

import base64
import os
import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.google.keys import read_private_key
from tests.papers.guide import PAPERS
from tests.support.service import ROOT

_MAKE = re.compile(r"(?:[A-Z]+='[^']*' )?make (?:-s )?(?:help|rules|event-webhook)\b[^|\n\\]*")


def commands() -> list[str]:
    """What the papers have a reader type of the quick commands of make."""
    typed = [block.text for paper in PAPERS.values() for block in paper.shell_blocks()]
    typed += [span.text for paper in PAPERS.values() for span in paper.spans()]
    return sorted(
        {found.partition(" #")[0].strip() for text in typed for found in _MAKE.findall(text)}
    )


def run(command: str, folder: Path) -> str:
    # What is to be set up is set up; another Python would begin again.
    environment = dict(os.environ) | {"PYTHON": "true"}
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_papers_name_each_quick_command() -> None:
    targets = {re.sub(r".*make (?:-s )?", "", command).split()[0] for command in commands()}
    assert targets == {"help", "rules", "event-webhook"}


@pytest.mark.parametrize("command", commands())
def test_a_quick_command_of_the_papers_prints_something(command: str) -> None:
    assert run(command, ROOT).strip()


@pytest.mark.parametrize("path", [path for path in PAPERS if PAPERS[path].shell_blocks()])
def test_a_shell_can_parse_every_command_of_the_papers(path: str) -> None:
    for block in PAPERS[path].shell_blocks():
        read = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)
        assert (read.returncode, read.stderr) == (0, ""), f"{path}:{block.line}"


def test_the_key_commands_make_a_key_that_the_code_reads(tmp_path: Path) -> None:
    blocks = PAPERS["docs/deploy.md"].shell_blocks()
    [typed] = [block.text for block in blocks if "openssl ecparam" in block.text]
    printed = [run(line.partition("#")[0], tmp_path) for line in typed.splitlines()]
    private, public = filter(None, printed)
    point = read_private_key(private).public_key()
    assert base64.b64decode(public) == point.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
