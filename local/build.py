"""Builds the bundle for this machine: `sam build`, the layer made for the emulator's Python.
`python -m local.build` builds it ahead, for every run that finds the project's folder.
"""

import asyncio
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.errors import LocalError
from local.places import Places, find_places, lambda_architecture, python_minor
from local.processes import run
from local.progress import complain, step

_SOURCES = ("functions", "layers")
_NOT_SOURCES = ("__pycache__", ".mypy_cache", ".ruff_cache")


def bundle_hash(places: Places) -> str:
    """Return a hash of everything that decides what the build makes."""
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()}".encode())
    digest.update(python_minor(places.ministack_python).encode())
    for path in _inputs(places.project):
        content = hashlib.sha256(path.read_bytes()).digest()
        digest.update(path.relative_to(places.project).as_posix().encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def built(places: Places, bundle: str) -> Path | None:
    """Return the built template of a bundle if there is one, here or in the project's folder."""
    for home in (places.home, places.shared):
        template = home / "build" / bundle / "template.yaml"
        if template.exists():
            return template
    return None


async def build(places: Places, environ: Mapping[str, str], bundle: str) -> Path:
    """Build the bundle and return the built template. Raises CommandError if sam fails.

    It is built in another folder and moved when it is complete, so that a build that is there is
    a good one. Builds of other bundles are removed.
    """
    folder = places.home / "build"
    aside = folder / f"{bundle}.{os.getpid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        await run(
            _command(places, aside),
            env=_environment(places, environ),
            cwd=places.project,
            log=places.logs / "build.log",
        )
        _remove_all_in(folder, but=aside)
        return aside.rename(folder / bundle) / "template.yaml"
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _inputs(project: Path) -> Iterator[Path]:
    yield project / "template.yaml"
    yield project / "requirements" / "sam.txt"
    for source in _SOURCES:
        for path in sorted((project / source).rglob("*")):
            if path.is_file() and not set(_NOT_SOURCES).intersection(path.parts):
                yield path


def _command(places: Places, target: Path) -> list[str | Path]:
    override = f"Architecture={lambda_architecture()}"
    return [
        *(places.sam, "build", "--template-file", places.template, "--build-dir", target),
        *("--no-cached", "--parameter-overrides", override),
    ]


def _environment(places: Places, environ: Mapping[str, str]) -> dict[str, str]:
    python = places.ministack_python
    tools = [str(places.project / ".venv" / "bin"), str(python.parent), environ.get("PATH", "")]
    return dict(environ) | {
        "PATH": os.pathsep.join(tools),
        "LAYER_PYTHON": python_minor(python),
        "LAYER_PLATFORM": "native",
        "SAM_CLI_TELEMETRY": "0",
    }


def _remove_all_in(folder: Path, *, but: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and entry != but:
            shutil.rmtree(entry, ignore_errors=True)


def main() -> int:
    places = find_places(os.environ)
    try:
        bundle = bundle_hash(places)
        if built(places, bundle) is None:
            places.make()
            with step("building the bundle"):
                asyncio.run(build(places, os.environ, bundle))
    except LocalError as error:
        complain(f"build: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
