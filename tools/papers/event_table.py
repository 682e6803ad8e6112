"""The table of domain events in docs/events.md, from their catalog."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from countersign.domain_events.catalog import CATALOG
from tools.papers.tables import code, fill_tables, table

PAGE = "docs/events.md"


def events_page(root: Path) -> str:
    """Return the page, with its table made again."""
    header = ["event, with its schema", "what it says", "`data`"]
    return fill_tables(PAGE, (root / PAGE).read_text("utf-8"), {"events": table(header, _rows())})


def _rows() -> Iterator[list[str]]:
    for name, kind in CATALOG.items():
        schema = f"../schemas/{name}.v{kind.version}.json"
        members = ", ".join(code(field.name) for field in fields(kind.data))
        yield [f"[`{name}`]({schema})", kind.meaning, members]
