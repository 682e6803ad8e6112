"""What was stored, as the tables' streams tell it: which item, its revision and its state.

Of an item's attributes only those that are words for a state are shown, since others hold what must
not be.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

from local.events.kept import Entry, Kept
from local.streams import StreamTail

KINDS = ("session", "account", "credential", "ceremony", "payer", "decision", "payment")
"""The kinds of items that people know. Any other is bookkeeping, and its key may be a secret."""
_STATES = ("kind", "status", "outcome")
_DONE = {"INSERT": "created", "MODIFY": "changed", "REMOVE": "removed"}
_UNINTERESTING = ("pk", "rev", "w", "ord", "by_due", "due_at")


class Changes:
    """Keeps what the streams tell, when it is asked to catch up."""

    def __init__(self, tails: Callable[[], Iterable[StreamTail]], kept: Kept) -> None:
        self._open, self._kept = tails, kept
        self._tails: list[StreamTail] | None = None
        self._lock = threading.Lock()

    async def catch_up(self) -> None:
        """Keep every change that was made before the call."""
        await asyncio.to_thread(self._read)

    def _read(self) -> None:
        with self._lock:
            if self._tails is None:
                self._tails = list(self._open())
            for tail in self._tails:
                entries = (entry_of(tail.source.table, record) for record in tail.new_records())
                self._kept.add("change", [entry for entry in entries if entry is not None])


def entry_of(table: str, record: dict[str, Any]) -> Entry | None:
    """Return what is shown of a record of a table's stream; None for bookkeeping."""
    change = record["dynamodb"]
    before, after = change.get("OldImage") or {}, change.get("NewImage") or {}
    kind, _, identifier = _text(change["Keys"].get("pk")).removeprefix("live#").partition("#")
    if kind not in KINDS:
        return None
    item = after or before
    names = sorted(name for name in before | after if before.get(name) != after.get(name))
    body = {
        "key": change["SequenceNumber"],
        "at": int(_seconds(change["ApproximateCreationDateTime"])),
        "table": table,
        "kind": kind,
        "subject": identifier,
        "done": _DONE[record["eventName"]],
        "revision": _number(item.get("rev")),
        "state": " ".join(word for name in _STATES if (word := _text(item.get(name)))),
        "changed": [name for name in names if before and after and name not in _UNINTERESTING],
    }
    return Entry(body["key"], identifier, body)


def _text(value: dict[str, Any] | None) -> str:
    return str((value or {}).get("S", ""))


def _number(value: dict[str, Any] | None) -> int | None:
    return int(value["N"]) if value and "N" in value else None


def _seconds(value: Any) -> float:
    return float(value.timestamp() if hasattr(value, "timestamp") else value)
