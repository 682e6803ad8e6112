"""`python3 -m local.setup`: installs what the project needs, into .venv and .local alone.

Needs only Python's standard library. A Python that is too old for the project runs it far enough to
find a newer one or to ask for one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.errors import LocalError
from local.progress import complain, step

ROOT = Path(__file__).absolute().parents[1]
UV_LOCK = ROOT / "requirements" / "uv.txt"
SETUP_LOG = ROOT / ".local" / "logs" / "setup.log"

OLDEST, NEWEST = (3, 11), (3, 13)

ENVIRONMENTS = {
    ".venv": ("installing the project's packages", "dev.txt"),
    ".local/sam": ("installing the SAM CLI", "sam.txt"),
    ".local/ministack": ("installing the AWS emulator", "ministack.txt"),
    ".local/runtime": ("installing Lambda's runtime client", "runtime.txt"),
}

_IDENTITY = "import sys; print(sys.base_prefix, *sys.version_info[:3])"


class SetupError(LocalError):
    """Something is missing on this machine. The message has the command that installs it."""


def find_python() -> str:
    """Return the Python to use: the one that runs this, else one on the path, from 3.11 to 3.13.

    A newer one is used if there is no other. Raises SetupError when there is none.
    """
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    # The base of an activated environment, since the environment itself may be replaced.
    running = str(getattr(sys, "_base_executable", sys.executable))
    found = [running, *filter(None, map(shutil.which, names))]
    fit = [python for python in found if _version(python) >= OLDEST]
    for python in fit:
        if _version(python) <= NEWEST:
            return python
    if fit:
        return fit[0]
    raise SetupError(
        "Python 3.11 or later is needed, and python3 is {}.{}: install one (`brew install"
        " python@3.13`, `apt-get install python3`), or name it, as in `make run"
        " PYTHON=python3.12`".format(*sys.version_info[:2])
    )


def install(python: str) -> None:
    """Make every environment that is missing or does not match the lock files.

    Raises SetupError. A half-made environment is made again the next time.
    """
    SETUP_LOG.parent.mkdir(parents=True, exist_ok=True)
    SETUP_LOG.write_bytes(b"")
    identity = _output([python, "-c", _IDENTITY])
    for name, (text, lock) in ENVIRONMENTS.items():
        locks = [ROOT / "requirements" / lock, *([UV_LOCK] if name == ".venv" else [])]
        folder, wanted = ROOT / name, [identity, *map(_hash, locks)]
        stamp = folder / "countersign.stamp"
        present = stamp.read_text().splitlines() if stamp.exists() else [""]
        usable = present[0] == identity and (folder / "bin" / "python").exists()
        if usable and present == wanted:
            continue
        with step(text):
            if not usable:
                _make(folder, python)
            _sync(folder, locks)
            stamp.write_text("\n".join(wanted))


def _make(folder: Path, python: str) -> None:
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    if folder.name != ".venv":
        run([_uv(), "venv", "--quiet", "--no-project", "--python", python, folder])
        return
    _need_venv(python)
    run([python, "-m", "venv", folder])
    pip = ["-m", "pip", "install", "--require-hashes", "--disable-pip-version-check"]
    run([folder / "bin" / "python", *pip, "-r", UV_LOCK])


def _sync(folder: Path, locks: list[Path]) -> None:
    target = folder / "bin" / "python"
    run(
        [
            _uv(),
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            "--compile-bytecode",
            "--python",
            target,
            *locks,
        ]
    )


def _need_venv(python: str) -> None:
    """Install the venv module, which is a separate package on Debian."""
    if not _output([python, "-c", "import ensurepip; print('there')"]):
        install_debian_package("python3-venv", "Python's venv module")


def install_debian_package(package: str, what: str) -> None:
    """Install a package if possible. Raises SetupError with the command otherwise."""
    command = f"apt-get update && apt-get install -y --no-install-recommends {package}"
    if not shutil.which("apt-get"):
        raise SetupError(f"{what} is missing")
    if os.geteuid() != 0:
        raise SetupError(f"{what} is missing: run `sudo sh -c '{command}'`")
    with step(f"installing {package}"):
        run(["sh", "-c", command])


def _uv() -> Path:
    return ROOT / ".venv" / "bin" / "uv"


def _version(python: str) -> tuple[int, ...]:
    """Return the minor version of an interpreter, (0,) if it does not run."""
    answer = _output([python, "-c", "import sys; print(*sys.version_info[:2])"])
    return tuple(map(int, answer.split())) or (0,)


def _output(command: list[str]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def run(command: list[str | Path]) -> None:
    """Run a command, logging to the set-up's log. Raises SetupError with the end of the log."""
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        with SETUP_LOG.open("ab") as log:
            answer = subprocess.run(command, stdout=log, stderr=log, env=environment, check=False)
    except FileNotFoundError as error:
        raise SetupError(f"{command[0]} is missing: run `make clean` and begin again") from error
    if answer.returncode:
        lines = SETUP_LOG.read_text(errors="replace").splitlines()[-20:]
        end = "\n".join(f"  {line}" for line in lines)
        raise SetupError(f"{Path(command[0]).name} failed; the end of {SETUP_LOG}:\n{end}")


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> int:
    try:
        install(find_python())
    except SetupError as error:
        complain(f"setup: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
