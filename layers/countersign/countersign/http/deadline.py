"""The time that is left for a request, so that it gets a response even if a dependency is slow."""

import time
from contextvars import ContextVar

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


def start(seconds: float) -> None:
    """Start the request that must be answered within `seconds`."""
    _ends_at.set(time.monotonic() + seconds)


def remaining() -> float:
    """Return the seconds left for this request, or infinity outside of one."""
    return _ends_at.get() - time.monotonic()
