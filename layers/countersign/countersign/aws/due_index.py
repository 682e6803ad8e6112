"""The index `Due`: what is to be looked at again, and when. Pure.

An item that is awaited has two attributes, `due_at` (Unix seconds by our clock) and `by_due`, the
shard of its key. Without them it is not in the index, which so holds only what is awaited.
"""

import hashlib

NAME = "Due"
ATTRIBUTES = ("by_due", "due_at")
"""The attributes of an item that is in the index: its hash key and its range key."""
SHARDS = tuple("0123456789abcdef")
"""The hash keys of the index. One alone would take all of its writes."""

HOUR, DAY = 3600, 24 * 3600
_FIRST_READS = (HOUR, 6 * HOUR, DAY)
"""Seconds after its beginning when something is read first; from then on it is read daily."""


def due_members(pk: str, at: int) -> dict[str, str | int]:
    """Return the attributes that put an item into the index."""
    return {"by_due": shard_of(pk), "due_at": at}


def shard_of(pk: str) -> str:
    """Return the shard of a key: the same for all time."""
    return hashlib.sha256(pk.encode()).hexdigest()[0]


def next_read(begun: int, after: int, days: int) -> int | None:
    """Return when something that has begun then is read next, later than `after`: 1, 6 and 24 hours
    after its beginning, then daily; `None` once these days are over.
    """
    elapsed = after - begun
    later = next((wait for wait in _FIRST_READS if wait > elapsed), (elapsed // DAY + 1) * DAY)
    return begun + later if later <= days * DAY else None
