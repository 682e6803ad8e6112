"""What the set-up does about Node.js: what is there is used, what is missing is installed or named."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from local import node, setup
from local.setup import SetupError

NPM = """#!/bin/sh
echo "$@" >> "$0.calls"
test ! -e "$0.fails" || { echo no network; exit 1; }
mkdir -p "$6/node_modules/stripe"
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds all programs there are, which is none yet but the shell's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "mkdir", "chmod"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(setup, "SETUP_LOG", tmp_path / "setup.log")
    monkeypatch.setattr(node, "FOLDER", tmp_path / "node")
    return folder


def program(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text if text.startswith("#!") else f"#!/bin/sh\necho '{text}'\n")
    file.chmod(0o755)
    return file


def test_the_node_of_the_path_is_used_when_it_fits(path: Path) -> None:
    program(path, "npm", NPM)
    found = program(path, "node", "v18.20.4")
    assert node.need_node() == str(found)


@pytest.mark.parametrize("version", ["v12.22.5", "v9.0.0", "a text editor", ""])
def test_a_node_that_is_too_old_is_named(path: Path, version: str) -> None:
    program(path, "npm", NPM)
    old = program(path, "node", version)
    with pytest.raises(
        SetupError, match=rf"18 or later is needed, and {old} is {version or 'none'}"
    ):
        node.need_node()


@pytest.mark.parametrize("there", [[], ["node"], ["npm"]])
def test_a_mac_gets_its_own_command(
    path: Path, monkeypatch: pytest.MonkeyPatch, there: list[str]
) -> None:
    for name in there:
        program(path, name, "v20.0.0")
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SetupError, match="brew install node"):
        node.need_node()


def test_a_system_without_apt_get_gets_the_name_of_what_to_install(path: Path) -> None:
    with pytest.raises(SetupError, match=r"18 or later with npm is missing: .*nodejs\.org"):
        node.need_node()


def test_a_user_who_is_not_root_gets_the_command(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path, "apt-get", "")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match=r"sudo sh -c 'apt-get update && .* nodejs npm'"):
        node.need_node()


APT = """#!/bin/sh
echo "$@" >> "$0.calls"
test "$1" = install && test -e "$0.installs" || exit 0
for name in node npm; do
  printf '#!/bin/sh\\necho v18.20.4\\n' > "${0%/*}/$name"
  chmod 755 "${0%/*}/$name"
done
"""


def test_root_has_it_installed(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt = program(path, "apt-get", APT)
    with pytest.raises(SetupError, match="not on the path"):
        node.need_node()
    Path(f"{apt}.installs").touch()
    assert node.need_node() == str(path / "node")
    assert node.need_node() == str(path / "node")
    both = ["update", "install -y --no-install-recommends nodejs npm"]
    assert Path(f"{apt}.calls").read_text().splitlines() == both * 2
    assert "installing nodejs npm ... " in capsys.readouterr().out


def test_the_sdk_is_installed_once_for_each_lock_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    npm = program(path, "npm", NPM)
    package = tmp_path / "package"
    shutil.copytree(node.PACKAGE, package)
    monkeypatch.setattr(node, "PACKAGE", package)
    for _ in range(2):
        node.install_sdk()
    assert node.has_sdk()
    (called,) = Path(f"{npm}.calls").read_text().splitlines()
    assert called == f"ci --ignore-scripts --no-audit --no-fund --prefix {node.FOLDER}"
    with (package / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert not node.has_sdk()
    (node.FOLDER / "left-over").touch()
    node.install_sdk()
    assert node.has_sdk()
    assert not (node.FOLDER / "left-over").exists()


def test_an_installation_that_failed_says_why_and_is_repeated(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    npm = program(path, "npm", NPM)
    Path(f"{npm}.fails").touch()
    with pytest.raises(SetupError, match=r"npm failed; the end of .*\n  no network"):
        node.install_sdk()
    assert not node.has_sdk()
    assert "not done" in capsys.readouterr().out
    Path(f"{npm}.fails").unlink()
    node.install_sdk()
    assert node.has_sdk()


def test_the_lock_file_pins_what_is_asked_for_by_its_hash_and_names_no_host() -> None:
    text = (node.PACKAGE / "package-lock.json").read_text()
    asked = json.loads((node.PACKAGE / "package.json").read_text())["dependencies"]
    packages = json.loads(text)["packages"]
    own = packages.pop("")
    assert own["dependencies"] == asked
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert "://" not in text
