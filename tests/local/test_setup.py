"""What the set-up finds on a machine, and what it says when something is missing."""

import os
import stat
import sys
from pathlib import Path

import pytest

from local import browser, setup
from local.setup import SetupError


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole search path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, output: str = "") -> str:
    """A program that prints something."""
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{output}'\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_the_python_that_runs_this_is_used_when_it_fits(path: Path) -> None:
    program(path, "python3.13", "3 13")
    assert Path(setup.find_python()).samefile(sys.executable)


def test_a_python_that_is_too_old_gives_way_to_the_newest_that_fits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "_base_executable", program(path, "python3", "3 9"))
    program(path, "python3.11", "3 11")
    newest = program(path, "python3.12", "3 12")
    (path / "python3.13").write_text("#!/bin/sh\nexit 127\n")
    (path / "python3.13").chmod(0o755)
    assert setup.find_python() == newest


def test_a_python_newer_than_those_tested_is_used_when_there_is_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = program(path, "python3", "3 15")
    monkeypatch.setattr(sys, "_base_executable", only)
    assert setup.find_python() == only


def test_no_python_that_fits_says_what_to_install(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "_base_executable", program(path, "python3", "3 9"))
    with pytest.raises(SetupError, match=r"Python 3.11 or later.*PYTHON=python3.12"):
        setup.find_python()


def test_a_debian_package_that_cannot_be_installed_is_named_with_its_command(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="Chromium is missing"):
        setup.install_debian_package("chromium", "Chromium")
    program(path, "apt-get")
    with pytest.raises(SetupError, match=r"sudo sh -c 'apt-get update && .* chromium'"):
        setup.install_debian_package("chromium", "Chromium")


def test_every_lock_that_is_installed_is_there() -> None:
    for _, lock in setup.ENVIRONMENTS.values():
        assert (setup.ROOT / "requirements" / lock).exists()
    assert "uv==" in setup.UV_LOCK.read_text()


def test_the_browser_is_the_one_named_or_else_one_that_is_installed(path: Path) -> None:
    chrome = program(path, "google-chrome")
    assert browser.find_browser({}) == chrome
    chromium = program(path, "chromium")
    assert browser.find_browser({}) == chromium
    assert browser.find_browser({"CHROMIUM": chrome}) == chrome
    assert browser.find_browser({"CHROMIUM": str(path / "absent")}) is None


def test_a_named_browser_that_is_absent_is_not_replaced(path: Path) -> None:
    program(path, "chromium")
    with pytest.raises(SetupError, match="CHROMIUM is /absent"):
        browser.need_browser({"CHROMIUM": "/absent"})


def test_a_mac_gets_its_own_command(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(browser, "APPLICATIONS", ())
    with pytest.raises(SetupError, match="brew install --cask chromium"):
        browser.need_browser({})


@pytest.mark.parametrize(
    ("text", "debian"),
    [("NAME=x\nID=debian\n", True), ("ID=ubuntu\nID_LIKE=debian\n", False), ("", False)],
)
def test_debian_is_distinguished_from_systems_like_it(
    tmp_path: Path, text: str, debian: bool
) -> None:
    file = tmp_path / "os-release"
    file.write_text(text)
    assert browser.is_debian(file) is debian
    assert not browser.is_debian(tmp_path / "absent")
