"""Citations in the code: of a page of docs/ and its heading, and of papers that do not ship."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.papers.markdown import Finding, Paper

CODE = (
    "layers",
    "functions",
    "web",
    "local",
    "tools",
    "tests",
    "bench",
    "template.yaml",
    "Makefile",
)
_MADE_UP = "tests/papers/"
"""These tests cite pages that are not there, to have them found."""
_KINDS = {".py", ".js", ".ts", ".toml", ".yaml", ".yml", ".html", ".css", ""}
_CITED = re.compile(r"(docs/[\w-]+\.md)(?:#([\w-]+))?")
# Written so that this file does not find itself.
_UNSHIPPED = re.compile(r"[d]esign, decision|\b[c]ontract(?:'?s)?\b|_contracts?_", re.IGNORECASE)


def check_citations(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find each citation in the code that a reader cannot follow."""
    by_path = {paper.path: paper for paper in papers}
    for path in code_files(root):
        name = str(path.relative_to(root))
        if name.startswith(_MADE_UP):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for cited, anchor in _CITED.findall(line):
                if cited not in by_path:
                    yield Finding(name, number, f"cites {cited}, which is not there")
                elif anchor and anchor not in by_path[cited].anchors():
                    yield Finding(name, number, f"cites {cited}#{anchor}: no such heading")
            if found := _UNSHIPPED.search(line):
                message = f'cites a paper that does not ship ("{found[0]}"); cite docs/decisions.md'
                yield Finding(name, number, message)


def code_files(root: Path) -> Iterator[Path]:
    """Every file of code that a person writes."""
    for name in CODE:
        found = [root / name] if (root / name).is_file() else sorted((root / name).rglob("*"))
        for path in found:
            if path.is_file() and path.suffix in _KINDS and "__pycache__" not in path.parts:
                yield path
