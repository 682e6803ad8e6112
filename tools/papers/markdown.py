"""A paper as its parts: prose, code spans, code blocks, links and the anchors of its headings."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^\s*```\s*(\w*)\s*$")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_ID = re.compile(r'<a id="([^"]+)">')
_SPAN = re.compile(r"`([^`]+)`")
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]+)>?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)


class Finding(NamedTuple):
    """Something in a file that is wrong, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Part(NamedTuple):
    """A piece of a paper and the line that it begins on."""

    line: int
    text: str


class Block(NamedTuple):
    """A fenced block: its language, the line of its first line, and its text."""

    language: str
    line: int
    text: str


@dataclass(frozen=True)
class Paper:
    """A paper: its path from the project's root, and its text."""

    path: str
    text: str

    @cached_property
    def _split(self) -> tuple[str, list[Block]]:
        """The prose, with the lines of blocks left blank, and the blocks."""
        prose: list[str] = []
        blocks: list[Block] = []
        language, begun, held = "", 0, list[str]()
        for number, line in enumerate(self.text.splitlines(), 1):
            fence = _FENCE.match(line)
            if not fence:
                (held if begun else prose).append(line)
                if not begun:
                    continue
            elif begun:
                blocks.append(Block(language, begun, "\n".join(held)))
                begun, held = 0, []
            else:
                language, begun = fence[1], number + 1
            prose.append("")
        return "\n".join(prose), blocks

    @property
    def prose(self) -> str:
        """The text outside of blocks, line for line."""
        return self._split[0]

    @property
    def blocks(self) -> list[Block]:
        """The fenced blocks in their order."""
        return self._split[1]

    def shell_blocks(self) -> list[Block]:
        """The blocks that a reader pastes into a shell."""
        return [block for block in self.blocks if block.language in ("sh", "bash", "shell")]

    def spans(self) -> Iterator[Part]:
        """What stands in backticks, paragraph by paragraph."""
        for paragraph in re.finditer(r"(?:.+\n?)+", self.prose):
            for span in _SPAN.finditer(paragraph[0]):
                yield Part(self._line(paragraph.start() + span.start()), " ".join(span[1].split()))

    def links(self) -> Iterator[Part]:
        """The targets of links."""
        # Of the same length, so that a link keeps its line.
        without_code = _SPAN.sub(lambda span: re.sub(r"[^\n]", " ", span[0]), self.prose)
        for found in _TARGET.finditer(without_code):
            yield Part(self._line(found.start()), found[1] or found[2])

    def anchors(self) -> frozenset[str]:
        """The anchors that GitHub gives the headings, and those set by hand."""
        seen = Counter[str]()
        anchors = set(_ID.findall(self.prose))
        for heading in _HEADING.findall(self.prose):
            name = slug(heading)
            anchors.add(f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
        return frozenset(anchors)

    def _line(self, position: int) -> int:
        return self.prose.count("\n", 0, position) + 1


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")


def read_papers(root: Path) -> list[Paper]:
    """Every paper that ships: those in the root, in docs/ and of the examples."""
    places = ("*.md", "docs/*.md", "examples/*/*.md")
    found = [path for place in places for path in sorted(root.glob(place))]
    return [Paper(str(path.relative_to(root)), path.read_text("utf-8")) for path in found]
