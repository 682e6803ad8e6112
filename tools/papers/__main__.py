"""`python -m tools.papers`: writes the generated pages and tables of docs/, then checks all papers.

`--check` writes nothing, and also fails where a generated page is not what would be written.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.papers.alarms import check_alarms
from tools.papers.citations import check_citations
from tools.papers.commands import check_commands
from tools.papers.configuration_page import PAGE as CONFIGURATION
from tools.papers.configuration_page import configuration_page
from tools.papers.decision_tables import PAGE as STEP_UP
from tools.papers.decision_tables import step_up_page
from tools.papers.error_page import PAGE as ERRORS
from tools.papers.error_page import check_table, error_page
from tools.papers.event_table import PAGE as EVENTS
from tools.papers.event_table import events_page
from tools.papers.links import check_links
from tools.papers.map import check_map
from tools.papers.markdown import Finding, read_papers
from tools.papers.named_codes import check_named_codes
from tools.papers.payment_events import PAGE as DEPLOY
from tools.papers.payment_events import deploy_page
from tools.papers.payment_machine import PAGE as PAYMENTS
from tools.papers.payment_machine import payments_page
from tools.papers.settings import check_settings

ROOT = Path(__file__).parents[2]
PAGES: dict[str, Callable[[Path], str]] = {
    ERRORS: error_page,
    CONFIGURATION: configuration_page,
    STEP_UP: step_up_page,
    EVENTS: events_page,
    PAYMENTS: payments_page,
    DEPLOY: deploy_page,
}


def findings(root: Path) -> Iterator[Finding]:
    """Everything that is wrong in the papers, page by page."""
    papers = read_papers(root)
    yield from check_table(root)
    yield from check_settings(root)
    yield from check_links(root, papers)
    yield from check_commands(root, papers)
    yield from check_map(root, papers)
    yield from check_named_codes(root, papers)
    yield from check_citations(root, papers)
    yield from check_alarms(root, papers)


def stale(root: Path) -> Iterator[Finding]:
    """The generated pages that are not what would be written."""
    for path, page in PAGES.items():
        target = root / path
        if not target.exists() or target.read_text("utf-8") != page(root):
            yield Finding(path, 1, "is out of date: run `make papers`")


def main() -> int:
    found: list[Finding] = []
    if "--check" in sys.argv:
        found += stale(ROOT)
    else:
        for path, page in PAGES.items():
            (ROOT / path).write_text(page(ROOT), "utf-8")
            print(f"wrote {path}")
    found += findings(ROOT)
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
