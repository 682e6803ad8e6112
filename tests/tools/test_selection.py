"""Which tests the make targets run: the quick loop may leave out some, and `make test` none."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests import lanes
from tests.conftest import LATER
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


def test_every_test_is_run_by_make_test_whatever_its_markers() -> None:
    assert "python -m tests.lanes\n" in commands("test")
    assert '[sys.executable, "-m", "pytest", *arguments]' in Path(lanes.__file__).read_text()


def test_each_test_is_in_one_lane() -> None:
    files = list((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 300
    read = lanes.lanes()
    found = {path: [name for name in read if is_read(path, read[name])] for path in files}
    assert {path: names for path, names in found.items() if len(names) != 1} == {}


def is_read(path: Path, arguments: list[str]) -> bool:
    """Whether a lane has a file, or a folder that it is in, and does not ignore it."""
    ignored = [one.removeprefix("--ignore=") for one in arguments if one.startswith("--ignore=")]
    named = [one for one in arguments if not one.startswith("--")]
    return _is_in(path, named) and not _is_in(path, ignored)


def _is_in(path: Path, names: list[str]) -> bool:
    return any(path.is_relative_to(ROOT / name) for name in names)


def test_the_quick_loop_leaves_out_what_needs_a_server_or_is_exhaustive() -> None:
    assert expressions("check") == {"not server and not exhaustive"}


@pytest.mark.parametrize("ending", LATER)
def test_files_that_the_quick_loop_does_not_read_are_called_so(ending: str) -> None:
    assert list((ROOT / "tests").rglob(f"test_*{ending}.py")) != []


@pytest.mark.parametrize("target", ["domain", "front-door"])
def test_half_of_the_tests_alone_leaves_out_none_that_needs_no_server(target: str) -> None:
    assert set(EXPRESSION.findall(commands(target))) == {("not server", "")}
