"""The memory of the stand-in: JSON documents by kind and key, in one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
_BY_TIME = "CREATE INDEX IF NOT EXISTS by_time ON documents (kind, at)"


class Store:
    """Documents that survive a restart; what is written inside `transaction()` is kept whole or not
    at all. Raises ValueError when the file holds something else.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        # The server's event loop uses it, and in tests also the thread that has started the server:
        # of two that begin at the same time, the second would find an open transaction.
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        try:
            # A crash of the process loses nothing; only a power cut could, and that is local data.
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute(_TABLE)
            self._db.execute(_BY_TIME)
        except sqlite3.DatabaseError as error:
            self._db.close()
            message = f"{path} is not a state file of the stand-in; remove it to start afresh"
            raise ValueError(message) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end of the block, or takes everything back when it raises."""
        with self._lock, self._db:
            yield

    def get(self, kind: str, key: str) -> Document | None:
        rows = self._execute("SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key))
        return self._document(rows[0][0]) if rows else None

    def put(self, kind: str, key: str, document: Document) -> None:
        """Add the document at the end, or replace it in its place."""
        self._execute(
            "INSERT INTO documents (kind, key, at, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, self._clock(), json.dumps(document)),
        )

    def delete(self, kind: str, key: str) -> None:
        self._execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def clear(self, kind: str) -> None:
        self._execute("DELETE FROM documents WHERE kind = ?", (kind,))

    def prune(self, kind: str, older_than: float) -> None:
        """Forget what was first stored more than so many seconds ago."""
        limit = self._clock() - older_than
        self._execute("DELETE FROM documents WHERE kind = ? AND at < ?", (kind, limit))

    def oldest_first(self, kind: str) -> Iterator[tuple[str, Document]]:
        return self._walk(kind, "ASC")

    def newest_first(self, kind: str, limit: int = -1) -> Iterator[tuple[str, Document]]:
        """Return all documents of a kind, or the last so many."""
        return self._walk(kind, "DESC", limit)

    def newest_between(
        self, kind: str, since: float, until: float
    ) -> Iterator[tuple[str, Document]]:
        """Return what was first stored within a time, both ends included, newest first. Of many
        documents it reads those alone.
        """
        # A list, since the caller may write while it walks.
        rows = self._execute(
            "SELECT key, body FROM documents WHERE kind = ? AND at BETWEEN ? AND ?"
            " ORDER BY seq DESC",
            (kind, since, until),
        )
        return ((key, self._document(body)) for key, body in rows)

    def close(self) -> None:
        self._db.close()

    def _walk(self, kind: str, order: str, limit: int = -1) -> Iterator[tuple[str, Document]]:
        # A list, since the caller may write while it walks.
        query = f"SELECT key, body FROM documents WHERE kind = ? ORDER BY seq {order} LIMIT ?"  # noqa: S608
        rows = self._execute(query, (kind, limit))
        return ((key, self._document(body)) for key, body in rows)

    def _execute(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        """Return the rows of an answer, if it has any."""
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    @staticmethod
    def _document(body: str) -> Document:
        document: Document = json.loads(body)
        return document
