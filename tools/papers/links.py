"""Links within the project: the file is there, and so is the heading. Others are not fetched."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tools.papers.markdown import Finding, Paper

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")


def check_links(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find each link that leads to no file or no heading."""
    by_path = {paper.path: paper for paper in papers}
    for paper in by_path.values():
        for line, target in paper.links():
            if _ELSEWHERE.match(target):
                continue
            name, _, anchor = target.partition("#")
            path = _resolve(paper.path, name) if name else paper.path
            if not (root / path).exists():
                yield Finding(paper.path, line, f"links to {target}, and there is no {path}")
            elif anchor and path in by_path and anchor not in by_path[path].anchors():
                yield Finding(paper.path, line, f"links to {target}: {path} has no such heading")


def _resolve(origin: str, target: str) -> str:
    """A relative target as a path from the root."""
    parts: list[str] = []
    for part in (PurePosixPath(origin).parent / target).parts:
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return "/".join(parts)
