"""Move an item in the index `Due` (`due_index`).

Whoever reads an object moves it first, on the condition that nobody else has: of several readers
one reads it, and an object that cannot be read, or that ends its reader, comes again later and
holds up no other.
"""

from countersign.aws.changes import ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table

RETRY = 900
"""Seconds after which an object comes again whose reading has not ended."""


def redate(table: Table, pk: str, seen: int, at: int | None) -> Item | None:
    """Move an item that is due at `seen` to another time, or out of the index, and return it;
    `None` if it was moved or removed in the meantime.
    """
    change = "REMOVE by_due, due_at" if at is None else "SET due_at = :at"
    values = {":seen": seen} | ({} if at is None else {":at": at})
    try:
        return table.update(pk, change, "due_at = :seen", values)
    except ConditionFailed:
        return None
