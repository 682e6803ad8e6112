"""Which tests the make targets run: the quick loop may leave out some, and `make test` none."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests import lanes
from tests.conftest import SERVED
from tests.support.service import ROOT

EXPRESSION = re.compile(r'pytest -m (?:"([^"]+)"|(\w+))')


@cache
def commands(target: str) -> str:
    """What a target would run. What the make that runs this test was told is none of its business."""
    command = ["make", "-n", "--no-print-directory", target]
    environ = {"PATH": os.environ["PATH"]}
    found = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    return found.stdout.decode()


def expressions(target: str) -> set[str]:
    """The marker expressions of a target's runs of pytest."""
    found = EXPRESSION.findall(commands(target))
    assert commands(target).count("-m pytest") == len(found) == 2
    return {quoted or plain for quoted, plain in found}


def test_every_test_is_run_by_make_test_whatever_its_other_markers() -> None:
    """What needs a server and what does not are all there is."""
    assert expressions("test") == {"not server"}
    assert "python -m tests.lanes\n" in commands("test")
    assert '"-m", "server"' in Path(lanes.__file__).read_text()


def test_the_lanes_read_every_test_that_needs_a_server() -> None:
    """One of the two reads each file, and what the second ignores is what the first reads."""
    browsers, servers = lanes.lanes()["browsers"], lanes.lanes()["servers"]
    ignored = {one.removeprefix("--ignore=") for one in servers if one.startswith("--ignore=")}
    assert ignored == set(browsers)
    read = [ROOT / path for path in (*browsers, *servers) if not path.startswith("--")]
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if needs_server(path)]
    assert len(files) > 50
    assert [path for path in files if not any(path.is_relative_to(one) for one in read)] == []


def needs_server(path: Path) -> bool:
    folder = path.relative_to(ROOT / "tests").parts[0]
    return folder in SERVED or re.search(r"\bmark\.server\b", path.read_text()) is not None


def test_the_quick_loop_leaves_out_what_needs_a_server_or_is_exhaustive() -> None:
    assert expressions("check") == {"not server and not exhaustive"}


@pytest.mark.parametrize("target", ["domain", "front-door"])
def test_half_of_the_tests_alone_leaves_out_none_that_needs_no_server(target: str) -> None:
    assert set(EXPRESSION.findall(commands(target))) == {("not server", "")}
