"""What still has to happen, and when. It survives a restart."""

from collections.abc import Iterable
from typing import Literal

from local.stand_in.backend import Backend
from local.stand_in.ids import token
from local.stand_in.state import Document

Action = Literal["deliver", "expire", "outcome", "redaction", "refund"]

_KIND = "agenda"


def add(backend: Backend, action: Action, delay: float, **details: object) -> str:
    """Put an action on the agenda, `delay` seconds from now, and return its key."""
    item, key = {"action": action, "due": backend.now() + delay, **details}, token(12)
    backend.store.put(_KIND, key, item)
    return key


def items(backend: Backend) -> list[tuple[str, Document]]:
    """Return all items by the time they are due, and those of one time in the order they came."""
    return sorted(backend.store.oldest_first(_KIND), key=lambda entry: float(entry[1]["due"]))


def remove(backend: Backend, keys: Iterable[str]) -> None:
    for key in keys:
        backend.store.delete(_KIND, key)


def remove_for(backend: Backend, action: Action, session: str) -> None:
    """What was planned for a session and has been overtaken."""
    remove(
        backend,
        [
            key
            for key, item in items(backend)
            if item["action"] == action and item["session"] == session
        ],
    )
