"""The map of the package in docs/architecture.md: what it lists is there."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.papers.known_names import PACKAGE, KnownNames
from tools.papers.markdown import Block, Finding, Paper

PAGE = "docs/architecture.md"

_ENTRY = re.compile(r"^( *)([a-z_]+/?(?:, [a-z_]+/?)*)(?:  .*|)$")


def check_map(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find each module and room that the map lists and the package does not have."""
    known = KnownNames(root)
    for paper in papers:
        if paper.path != PAGE:
            continue
        for block in paper.blocks:
            if block.language == "text":
                yield from _check_block(known, block)


def _check_block(known: KnownNames, block: Block) -> Iterator[Finding]:
    """A room ends with a slash; what is indented further than a room is in it."""
    rooms: list[tuple[int, str]] = []
    for place, line in enumerate(block.text.splitlines()):
        entry = _ENTRY.match(line)
        if not entry:
            continue
        indent = len(entry[1])
        rooms = [room for room in rooms if room[0] < indent]
        folder = "".join(name for _, name in rooms)
        for name in entry[2].split(", "):
            is_there = known.has_module_of_package(folder + name) or known.has_path(folder + name)
            if not is_there:
                message = f"lists {folder}{name}, which is not in {PACKAGE}"
                yield Finding(PAGE, block.line + place, message)
        if entry[2].endswith("/"):
            rooms.append((indent, entry[2]))
