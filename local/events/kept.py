"""What a run remembers of its domain events and of what was stored, in one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["event", "change"]

MOST = 20_000
"""Entries of each kind that are kept: the oldest go first."""

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
)"""
_BY_SUBJECT = "CREATE INDEX IF NOT EXISTS by_subject ON entries (kind, subject, place)"
_ADD = "INSERT INTO entries (kind, key, subject, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_NEWEST = (
    "SELECT body FROM entries WHERE kind = :kind AND (:subject IS NULL OR subject = :subject)"
    " ORDER BY place DESC LIMIT :limit"
)
_FORGET = (
    "DELETE FROM entries WHERE kind = :kind AND place <= ("
    "SELECT place FROM entries WHERE kind = :kind ORDER BY place DESC LIMIT 1 OFFSET :most)"
)


@dataclass(frozen=True)
class Entry:
    """One thing to remember. `key` tells it from all others of its kind."""

    key: str
    subject: str
    body: dict[str, Any]


class Kept:
    """Entries in the order in which they came. They survive a restart, until `make clean`."""

    def __init__(self, file: Path, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        # The reader works in threads of the event loop's pool.
        self._db = sqlite3.connect(file, check_same_thread=False)
        # A crash of the process loses nothing; only a power cut could, and that is local data.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(_TABLE)
        self._db.execute(_BY_SUBJECT)

    def add(self, kind: Kind, entries: Iterable[Entry]) -> list[Entry]:
        """Keep what is not kept yet, and return that; the oldest beyond the limit are forgotten."""
        with self._lock, self._db:
            added = [entry for entry in entries if self._insert(kind, entry)]
            if added:
                self._db.execute(_FORGET, {"kind": kind, "most": self._most})
        return added

    def newest(self, kind: Kind, limit: int, subject: str | None = None) -> list[dict[str, Any]]:
        """Return the last entries of a kind, oldest first; those of one subject, if it is given."""
        values = {"kind": kind, "limit": limit, "subject": subject}
        with self._lock:
            rows = self._db.execute(_NEWEST, values).fetchall()
        return [json.loads(body) for (body,) in reversed(rows)]

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _insert(self, kind: Kind, entry: Entry) -> bool:
        values = (kind, entry.key, entry.subject, json.dumps(entry.body))
        return self._db.execute(_ADD, values).rowcount == 1
