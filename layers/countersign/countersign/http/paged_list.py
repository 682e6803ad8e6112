"""Pages of a list that is held in memory, newest first: a cursor names the last entry's place."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Entry = TypeVar("Entry")
Place = tuple[int, str]
"""When an entry came (Unix seconds), and its account, which settles a tie."""


def page_of(
    entries: Iterable[Entry], place: Callable[[Entry], Place], cursor: str | None, limit: int
) -> tuple[list[Entry], str | None]:
    """The entries after a cursor, `limit` at most, and the next page's cursor if there is one."""
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
