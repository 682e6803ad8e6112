"""`python -m local.node`: finds Node.js for `make scripts` and for the tests in which Stripe's own
SDK signs, installs it by apt-get where it is missing, and puts esbuild and that SDK into
.local/node.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from local.progress import complain, say, step
from local.setup import ROOT, SetupError, install_debian_package, run

PACKAGE = ROOT / "tests" / "support" / "node"
FOLDER = ROOT / ".local" / "node"
OLDEST = 18


def find_node() -> str | None:
    """Return the path of Node.js, if npm is installed too."""
    return shutil.which("node") if shutil.which("npm") else None


def need_node() -> str:
    """Return the path of Node.js, after installing it if possible.

    Raises SetupError with the command that would install it, and for a version that is too old.
    """
    if find_node() is None:
        _install_node()
    node = find_node()
    if node is None:
        raise SetupError("Node.js was installed, but node and npm are not on the path")
    version = _version(node)
    found = re.match(r"v(\d+)\.", version)
    if found is None or int(found[1]) < OLDEST:
        raise SetupError(
            f"Node.js {OLDEST} or later is needed, and {node} is {version or 'none'}: install one"
            " from https://nodejs.org, ahead of it on the path"
        )
    return node


def _install_node() -> None:
    wanted = f"Node.js {OLDEST} or later with npm"
    if sys.platform == "darwin":
        raise SetupError(f"{wanted} is missing: `brew install node` installs it")
    if not shutil.which("apt-get"):
        raise SetupError(f"{wanted} is missing: install it, as https://nodejs.org says how")
    install_debian_package("nodejs npm", wanted)


def _version(node: str) -> str:
    """Return the version, such as `v20.1.2`."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def install_sdk() -> None:
    """Install what the lock file names unless it is there, without running any package's script.

    Raises SetupError. A half-made installation is made again the next time.
    """
    if has_sdk():
        return
    with step("installing the packages for Node.js that the tests use"):
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGE / name, FOLDER)
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", FOLDER])
        _stamp().write_text(_wanted())


def has_sdk() -> bool:
    """Return whether the packages of the lock file are installed."""
    return _stamp().exists() and _stamp().read_text() == _wanted()


def _stamp() -> Path:
    return FOLDER / "countersign.stamp"


def _wanted() -> str:
    return hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()


def main() -> int:
    try:
        say(need_node())
        install_sdk()
    except SetupError as error:
        complain(f"setup: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
