"""A check whose inputs are as they were when it last passed is not run again."""

from pathlib import Path

import pytest

from tools.checked import is_checked


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one file to check, and a file beside it."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("x = 1\n")
    (tmp_path / "lock.txt").write_text("mypy==1\n")
    return tmp_path


def check(project: Path, command: str = "true", name: str = "types") -> tuple[bool, int]:
    """Whether the check passes, and how often it has been run so far."""
    runs = project / "runs"
    paths = [str(project / "code"), str(project / "lock.txt")]
    shell = ["sh", "-c", f"echo >> {runs} && {command}"]
    passed = is_checked(name, paths, shell, project / "stamps")
    return passed, len(runs.read_text().splitlines())


def test_what_has_passed_is_not_run_again(project: Path) -> None:
    assert [check(project), check(project)] == [(True, 1), (True, 1)]


def test_what_has_failed_is_run_again(project: Path) -> None:
    assert [check(project, "false"), check(project, "false")] == [(False, 1), (False, 2)]


@pytest.mark.parametrize("change", ["edit", "add", "rename", "remove", "lock"])
def test_any_change_of_what_it_reads_runs_it(project: Path, change: str) -> None:
    check(project)
    code = project / "code"
    changes = {
        "edit": lambda: (code / "a.py").write_text("x = 2\n"),
        "add": lambda: (code / "b.py").write_text(""),
        "rename": lambda: (code / "a.py").rename(code / "b.py"),
        "remove": lambda: (code / "a.py").unlink(),
        "lock": lambda: (project / "lock.txt").write_text("mypy==2\n"),
    }
    changes[change]()
    assert [check(project), check(project)] == [(True, 2), (True, 2)]


def test_another_command_is_another_check(project: Path) -> None:
    check(project)
    assert check(project, "true true") == (True, 2)
    assert check(project, "true true", "template") == (True, 3)


def test_what_the_tools_leave_behind_is_not_read(project: Path) -> None:
    check(project)
    (project / "code" / "__pycache__").mkdir()
    (project / "code" / "__pycache__" / "a.pyc").write_bytes(b"\0")
    assert check(project) == (True, 1)


def test_what_changes_while_it_is_checked_is_checked_again(project: Path) -> None:
    edit = f"echo y >> {project / 'code' / 'a.py'}"
    assert [check(project, edit), check(project, edit)] == [(True, 1), (True, 2)]


def test_a_path_that_is_not_there_is_not_passed_over(project: Path) -> None:
    with pytest.raises(FileNotFoundError):
        is_checked("types", [str(project / "gone.py")], ["true"], project / "stamps")
