"""How much of the request's time is left, so that a slow dependency ends in an answer of ours."""

import time
from contextvars import ContextVar

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


def start(seconds: float) -> None:
    """The request that begins now must be answered within `seconds`."""
    _ends_at.set(time.monotonic() + seconds)


def remaining() -> float:
    """Seconds left for this request; infinite outside a request."""
    return _ends_at.get() - time.monotonic()
