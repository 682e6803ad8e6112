"""Error codes that the guides name: each is in the table of all codes, with the same status."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.papers.error_page import CLIENT, GATEWAY, PAGE, read_table
from tools.papers.markdown import Finding, Paper

_NAMED = re.compile(r"\b([45]\d\d) ((?:`\w+`(?:, | or | and )?)+)")


def check_named_codes(root: Path, papers: Iterable[Paper]) -> Iterator[Finding]:
    """Find each `409 code` of a paper that the functions do not answer with."""
    statuses = {
        code: entry.get("status")
        for name, group in read_table(root).items()
        if name not in (GATEWAY, CLIENT)
        for code, entry in group["codes"].items()
    }
    for paper in papers:
        if paper.path == PAGE:
            continue
        for named in _NAMED.finditer(paper.prose):
            line = paper.prose.count("\n", 0, named.start()) + 1
            for code in re.findall(r"`(\w+)`", named[2]):
                if statuses.get(code) != int(named[1]):
                    message = f"says {named[1]} {code}, which is no answer of the functions'"
                    yield Finding(paper.path, line, message)
