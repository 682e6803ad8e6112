"""Pages of a list in memory, newest first. A cursor is the position of a page's last entry."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Entry = TypeVar("Entry")
Place = tuple[int, str]
"""When an entry was added (Unix seconds), and its account, which breaks a tie."""


def page_of(
    entries: Iterable[Entry], place: Callable[[Entry], Place], cursor: str | None, limit: int
) -> tuple[list[Entry], str | None]:
    """Return at most `limit` entries after a cursor, and the cursor of the next page or `None`."""
    found = sorted(entries, key=place, reverse=True)
    if cursor is not None:
        came, _, account_id = cursor.partition(".")
        last = (int(came), account_id)
        found = [entry for entry in found if place(entry) < last]
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    came_last, account_id = place(page[-1])
    return page, f"{came_last}.{account_id}"
