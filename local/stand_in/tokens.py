"""The two single-use ways into a verification session: its client_secret and its url.

Stripe: a client_secret lasts 24 hours, a url 48, each is for one use
(docs.stripe.com/api/identity/verification_sessions/object). Opening one begins a visit, and a
visit submits once.
"""

from typing import Literal

from local.stand_in.backend import DAY, Backend
from local.stand_in.ids import token
from local.stand_in.state import Document

Way = Literal["client_secret", "url"]
Reason = Literal["unknown", "used", "expired", "finished"]

_LIFETIMES: dict[Way, int] = {"client_secret": DAY, "url": 2 * DAY}


class TokenRefused(Exception):
    """A client_secret, url or visit that leads nowhere, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def mint(backend: Backend, session_id: str) -> dict[str, str]:
    """Return a fresh client_secret and url; the earlier ones stay good until they are used."""
    secret = f"{session_id}_secret_test_{token(32)}"
    start = f"test_{token(48)}"
    _put(backend, "client_secret", secret, session_id)
    _put(backend, "url", start, session_id)
    return {"client_secret": secret, "url": f"{backend.config.public_url}/start/{start}"}


def begin_visit(backend: Backend, way: Way, value: str, known_visit: str | None = None) -> str:
    """Use up the token and return a new visit, or the one it began when `known_visit` names it
    (a page loaded again). Raises TokenRefused.
    """
    entry = backend.store.get(way, value)
    if entry is None:
        raise TokenRefused("unknown")
    if entry["visit"] is not None:
        if entry["visit"] != known_visit:
            raise TokenRefused("used")
        open_session(backend, entry["visit"])
        return str(entry["visit"])
    if backend.now() >= entry["expires"]:
        raise TokenRefused("expired")
    if _status(backend, entry["session"]) != "requires_input":
        raise TokenRefused("finished")
    visit = token(32)
    backend.store.put("visit", visit, {"session": entry["session"], "finished": False})
    backend.store.put(way, value, {**entry, "visit": visit})
    return visit


def open_session(backend: Backend, visit: str) -> str:
    """Return the session that a visit may still submit. Raises TokenRefused."""
    entry = backend.store.get("visit", visit)
    if entry is None:
        raise TokenRefused("unknown")
    if entry["finished"]:
        raise TokenRefused("used")
    if _status(backend, entry["session"]) != "requires_input":
        raise TokenRefused("finished")
    return str(entry["session"])


def finish_visit(backend: Backend, visit: str) -> None:
    entry = backend.store.get("visit", visit)
    if entry is not None:
        backend.store.put("visit", visit, {**entry, "finished": True})


def _put(backend: Backend, way: Way, value: str, session_id: str) -> None:
    entry: Document = {
        "session": session_id,
        "expires": backend.now() + _LIFETIMES[way],
        "visit": None,
    }
    backend.store.put(way, value, entry)


def _status(backend: Backend, session_id: str) -> str | None:
    stored = backend.store.get("session", session_id)
    return stored["object"]["status"] if stored else None
