"""`python -m tools.scripts`: writes `client.js` and the script of each page, each with all that it
imports from `web/` in one file (docs/decisions.md#one-script-per-page).

esbuild does it, so Node.js is needed to write them and not to deploy them. Each begins with a hash
of `web/` and of esbuild's options, by which `--check` tells without Node.js that they are not what
would be written.
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from countersign.pages.documents import HTML
from local import node
from tools.functions import FUNCTIONS

ROOT = FUNCTIONS.parent
WEB = ROOT / "web"
PAGES = FUNCTIONS / "pages"
CLIENT = "client"

_OPTIONS = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--charset=utf8")
_LINE = "--line-limit=120"
"""So that a change of the sources is a change of some lines."""


def sources() -> dict[str, Path]:
    """Return what is written, as paths below the function without their suffix, and the module
    that each begins with.
    """
    named = re.compile(r'<script type="module" src="/assets/([a-z-]+)\.js">')
    names = {name for page in HTML.glob("*.html") for name in named.findall(page.read_text())}
    pages = {f"assets/{name}": WEB / "pages" / f"{name}.js" for name in sorted(names)}
    return {CLIENT: WEB / "client.js", **pages}


def write(folder: Path) -> None:
    """Write the scripts below a folder. Raises `CalledProcessError`; esbuild has said why."""
    program = node.FOLDER / "node_modules" / "esbuild" / "bin" / "esbuild"
    entries = (f"{name}={source.relative_to(WEB)}" for name, source in sources().items())
    given = (*entries, *_OPTIONS, _LINE, f"--banner:js={_first_line()}", f"--outdir={folder}")
    command: list[str | Path] = [node.need_node(), program, *given, "--log-level=warning"]
    subprocess.run(command, cwd=WEB, check=True)  # noqa: S603 (of the lock file)


def faults() -> tuple[list[str], list[str]]:
    """Return what is not as it would be written, as far as that can be told without Node.js, and
    what would not be written at all.
    """
    wanted = {PAGES / f"{name}.js" for name in sources()}
    found = {PAGES / "client.js", *(PAGES / "assets").glob("*.js")}
    stale = (file for file in wanted if not _is_fresh(file))
    return _named(stale), _named(found - wanted)


def _named(files: Iterable[Path]) -> list[str]:
    return sorted(str(file.relative_to(ROOT)) for file in files)


def _is_fresh(file: Path) -> bool:
    return file.exists() and file.read_text("utf-8").startswith(_first_line() + "\n")


def _first_line() -> str:
    """Return the comment that each script begins with."""
    digest = hashlib.sha256(" ".join((*_OPTIONS, _LINE)).encode())
    for file in sorted(WEB.rglob("*.js")):
        content = hashlib.sha256(file.read_bytes()).digest()
        digest.update(file.relative_to(WEB).as_posix().encode() + b"\0" + content)
    said = "// Countersign, Apache-2.0. Written by `make scripts` from web/"
    return f"{said}, {digest.hexdigest()[:16]}."


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    if "--check" not in arguments:
        write(PAGES)
        print(f"wrote {len(sources())} scripts to {PAGES.relative_to(ROOT)}")
        return 0
    stale, stray = faults()
    for file in stale:
        print(f"{file} is out of date: run `make scripts`", file=sys.stderr)
    for file in stray:
        print(f"{file} is written from nothing in web/: delete it", file=sys.stderr)
    return int(bool(stale or stray))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
