"""The windows of time in which Stripe's events are listed, and how far they have been read. Pure.

Stripe lists events newest first and keeps them for 30 days. A window is read as a whole before its
events are applied, oldest first. A busy window is cut in half, and a quiet one is followed by one
of twice the length (docs/decisions.md#reconciliation-reads-windows-and-moves-one-cursor).
"""

from msgspec import Struct

HOUR = 3600
DELAY = 300
"""Seconds that the schedule leaves to the webhooks, and to Stripe's list, which may be late."""
OVERLAP = HOUR
"""Seconds after which Stripe's list is taken to be complete: what was read sooner is read again."""
KEPT = 30 * 24 * HOUR
"""Seconds for which Stripe keeps an event."""
MOST_PAGES = 10
"""Pages of one window, unless it is one second."""


class Window(Struct, frozen=True):
    """The events that were created at `begin` or later and before `end` (Unix seconds)."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        """Seconds."""
        return self.end - self.begin


class Progress(Struct, frozen=True):
    """How far events were read: all that were created before `read_to`, and those before
    `settled_to` late enough that none of them is missing.
    """

    read_to: int
    settled_to: int

    @classmethod
    def first(cls, now: int) -> "Progress":
        """Return the progress of who has read nothing: Stripe has no event from before."""
        return cls(now - KEPT, now - KEPT)

    def resumed(self, now: int) -> int:
        """Return where to read on, which is never before what Stripe keeps."""
        return max(self.settled_to, now - KEPT)

    def after(self, end: int, clock: int) -> "Progress":
        """Return the progress after all events before `end` were read at `clock` (Stripe's)."""
        return Progress(max(self.read_to, end), max(self.settled_to, min(end, clock - OVERLAP)))


def next_length(window: Window, length: int, pages: int | None) -> int:
    """Return how long the next window may be, after one that had so many pages, or `None` for one
    that had too many and has to be read again in parts.
    """
    if pages is None:
        return max(1, window.length // 2)
    if pages <= 1:
        return min(2 * length, KEPT)
    return min(2 * length, HOUR) if pages <= MOST_PAGES // 2 else length
