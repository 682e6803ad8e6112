"""The builds that are compared: a floor in the bundle's own layer, and handlers as `sam build`
makes them from a `requirements.txt`, each with its packages beside it and without bytecode.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

from bench.start.plan import WITH_USUAL, Build, function_name
from local.progress import step
from tests.support.service import ROOT

FOLDER = ROOT / ".local" / "bench"
_HERE = Path(__file__).parent
_PACKAGES = _HERE / "usual" / "requirements.in"
_VERSIONS = ROOT / "requirements" / "dev.txt"
"""Where the versions come from, which are those of the layer."""


def floor_build(build: Path) -> Path:
    """Return a build of the floor, which has the layer of `build`."""
    target = _emptied(FOLDER / "floor")
    shutil.copytree(_HERE / "floor", target / function_name(Build.FLOOR), ignore=_BYTECODE)
    (target / "CountersignLayer").symlink_to(build / "CountersignLayer")
    return target


def usual_build() -> Path:
    """Return a build of the usual handlers, each with its packages beside it."""
    target, stamp = FOLDER / "usual", FOLDER / "usual" / "lock"
    wanted = hashlib.sha256(_PACKAGES.read_bytes() + _VERSIONS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        with step("installing the packages of the usual handlers"):
            _emptied(target)
            for folder in WITH_USUAL:
                _install(target / function_name(folder))
            stamp.write_text(wanted)
    for folder in WITH_USUAL:
        shutil.copy(_HERE / "usual" / folder / "app.py", target / function_name(folder))
    return target


_BYTECODE = shutil.ignore_patterns("__pycache__")


def _install(folder: Path) -> None:
    uv, python = (ROOT / path for path in (".venv/bin/uv", ".local/runtime/bin/python"))
    pinned = ("--quiet", "--no-build", "-r", _PACKAGES, "-c", _VERSIONS)
    command: list[str | Path] = [uv, "pip", "install", *pinned]
    command += ["--python", python, "--target", folder]
    subprocess.run(command, check=True)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
