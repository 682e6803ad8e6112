"""The memory of the stand-in: JSON documents by kind and key, in one SQLite file."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_TABLE = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    at REAL NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
)"""


class Store:
    """Documents that survive a restart; what is written inside `transaction()` is kept whole or not
    at all. Raises ValueError when the file holds something else.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        # The server's one event loop is the only user, though it may run in another thread.
        self._db = sqlite3.connect(path, check_same_thread=False)
        try:
            # A crash of the process loses nothing; only a power cut could, and that is local data.
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute(_TABLE)
        except sqlite3.DatabaseError as error:
            self._db.close()
            message = f"{path} is not a state file of the stand-in; remove it to start afresh"
            raise ValueError(message) from error

    def transaction(self) -> AbstractContextManager[object]:
        """Commits at the end of the block, or takes everything back when it raises."""
        return self._db

    def get(self, kind: str, key: str) -> Document | None:
        row = self._db.execute(
            "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if row is None else self._document(row[0])

    def put(self, kind: str, key: str, document: Document) -> None:
        """Adds the document at the end, or replaces it where it is."""
        self._db.execute(
            "INSERT INTO documents (kind, key, at, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, self._clock(), json.dumps(document)),
        )

    def delete(self, kind: str, key: str) -> None:
        self._db.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def clear(self, kind: str) -> None:
        self._db.execute("DELETE FROM documents WHERE kind = ?", (kind,))

    def prune(self, kind: str, older_than: float) -> None:
        """Forgets what was first stored more than so many seconds ago."""
        limit = self._clock() - older_than
        self._db.execute("DELETE FROM documents WHERE kind = ? AND at < ?", (kind, limit))

    def oldest_first(self, kind: str) -> Iterator[tuple[str, Document]]:
        return self._walk(kind, "ASC")

    def newest_first(self, kind: str) -> Iterator[tuple[str, Document]]:
        return self._walk(kind, "DESC")

    def close(self) -> None:
        self._db.close()

    def _walk(self, kind: str, order: str) -> Iterator[tuple[str, Document]]:
        # A list, since the caller may write while it walks.
        query = f"SELECT key, body FROM documents WHERE kind = ? ORDER BY seq {order}"  # noqa: S608
        with closing(self._db.execute(query, (kind,))) as cursor:
            rows = cursor.fetchall()
        return ((key, self._document(body)) for key, body in rows)

    @staticmethod
    def _document(body: str) -> Document:
        document: Document = json.loads(body)
        return document
