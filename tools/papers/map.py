"""The map of the package in docs/architecture.md: it lists what is there, and all of it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.papers.known_names import PACKAGE, KnownNames
from tools.papers.markdown import Block, Finding, Paper

PAGE = "docs/architecture.md"

_ENTRY = re.compile(r"^( *)([a-z0-9_]+/?(?:, [a-z0-9_]+/?)*)(?:  .*|)$")


_IN_MANY_ROOMS = frozenset({"context", "store", "stripe_calls", "refusals", "receive_event"})
"""The page explains these once, for all rooms."""


def check_map(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find each module that the map lists and the package does not have, and the reverse."""
    known = KnownNames(root)
    for paper in papers:
        if paper.path != PAGE:
            continue
        listed = [entry for block in paper.blocks for entry in _entries(block)]
        for name, line in listed:
            if not (known.has_module_of_package(name) or known.has_path(name)):
                yield Finding(PAGE, line, f"lists {name}, which is not in {PACKAGE}")
        for name in sorted(_modules(root) - {name for name, _ in listed}):
            yield Finding(PAGE, 1, f"does not list {name} of {PACKAGE}")


def _modules(root: Path) -> set[str]:
    """Every module that the map has to list."""
    package = root / PACKAGE
    found = {path.relative_to(package).with_suffix("") for path in package.rglob("*.py")}
    named = {path for path in found if path.name not in _IN_MANY_ROOMS | {"__init__"}}
    return {path.as_posix() for path in named}


def _entries(block: Block) -> Iterator[tuple[str, int]]:
    """Yield what a block lists, with its line. A room ends with a slash, and what is indented
    further than a room is in it.
    """
    rooms: list[tuple[int, str]] = []
    for place, line in enumerate(block.text.splitlines() if block.language == "text" else ()):
        entry = _ENTRY.match(line)
        if not entry:
            continue
        indent = len(entry[1])
        rooms = [room for room in rooms if room[0] < indent]
        folder = "".join(name for _, name in rooms)
        yield from ((folder + name, block.line + place) for name in entry[2].split(", "))
        if entry[2].endswith("/"):
            rooms.append((indent, entry[2]))
