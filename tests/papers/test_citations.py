"""What the code cites has to be there for whoever reads it."""

from pathlib import Path

import pytest

from tools.papers.citations import check_citations
from tools.papers.markdown import Paper

DECISIONS = Paper("docs/decisions.md", "# Decisions\n\n## One write per event\n")
CITED = "docs/decisions" + ".md"


def messages(root: Path, line: str, name: str = "layers/code.py") -> list[str]:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(f'"""First."""\n{line}\n')
    return [str(finding) for finding in check_citations(root, [DECISIONS])]


@pytest.mark.parametrize("line", [f"# {CITED}#one-write-per-event", f"# {CITED}", "# by design"])
def test_a_citation_that_can_be_followed_is_no_finding(tmp_path: Path, line: str) -> None:
    assert messages(tmp_path, line) == []


@pytest.mark.parametrize("name", ["functions/a/app.py", "local/a.js", "Makefile", "template.yaml"])
def test_a_heading_that_is_not_there_is_found_in_every_kind_of_code(
    tmp_path: Path, name: str
) -> None:
    assert messages(tmp_path, f"# {CITED}#two-writes", name) == [
        f"{name}:2: cites {CITED}#two-writes: no such heading"
    ]


def test_a_page_that_is_not_there_is_found(tmp_path: Path) -> None:
    page = "docs/none" + ".md"
    assert messages(tmp_path, f"# {page}") == [
        f"layers/code.py:2: cites {page}, which is not there"
    ]


# Put together here, so that this file is no finding itself.
UNSHIPPED = ["De" + "sign, decision 1", "Con" + "tract", "the con" + "tract's", "a_con" + "tract_b"]


@pytest.mark.parametrize("words", UNSHIPPED)
def test_a_paper_that_does_not_ship_is_found(tmp_path: Path, words: str) -> None:
    [found] = messages(tmp_path, f"# see {words}")
    assert "cites a paper that does not ship" in found
