"""`python -m tools.checked NAME PATH... -- COMMAND...`: runs a check, unless nothing that it reads
has changed since it last passed.

What it reads are the files named, and those in the folders named. A hash of them, of the command
and of the Python is kept in `.local/checked`, which `make clean` removes.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
STAMPS = ROOT / ".local" / "checked"
_NOT_READ = ("__pycache__", ".mypy_cache", ".ruff_cache")


def is_checked(
    name: str, paths: Sequence[str], command: Sequence[str], stamps: Path = STAMPS
) -> bool:
    """Run the command if there is a need to, and return whether the check passes.

    Files that change while it runs are checked again the next time. Raises `FileNotFoundError` for
    a path that is not there.
    """
    stamp, found = stamps / name, inputs_hash(paths, command)
    if stamp.exists() and stamp.read_text() == found:
        return True
    if subprocess.run(command, check=False).returncode:  # noqa: S603 (the Makefile's own command)
        return False
    stamps.mkdir(parents=True, exist_ok=True)
    stamp.write_text(found)
    return True


def inputs_hash(paths: Sequence[str], command: Sequence[str]) -> str:
    """Return a hash of everything that decides what the check says."""
    digest = hashlib.sha256(f"{sys.version}\0{command}".encode())
    for file in _files(paths):
        content = hashlib.sha256(file.read_bytes()).digest()
        digest.update(file.as_posix().encode() + b"\0" + content)
    return digest.hexdigest()


def _files(paths: Sequence[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.is_file())
            yield from (file for file in found if not set(file.parts) & {*_NOT_READ})
        else:
            yield path


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    split = arguments.index("--")
    name, *paths = arguments[:split]
    return 0 if is_checked(name, paths, arguments[split + 1 :]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
