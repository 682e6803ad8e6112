"""The total order of what is known about a Stripe object (`ord`), by Stripe's clock alone.

An `ord` is compared as a string: permanence, then Stripe's time in seconds, then rank, then the
event's id. Permanence is 2 for redacted, 1 for canceled (both irreversible) and 0 for all else.
Rank breaks ties within one second. A read has rank 0, below every event of its second, since only
a lower bound of its time is known. See docs/decisions.md#stripes-clock-orders-everything.
"""

from typing import Literal


def event_order(permanence: int, created: int, rank: int, event_id: str) -> str:
    """Return the place of an event; `created` is its own time in Unix seconds."""
    return f"{permanence}{created:010d}{rank}{event_id}"


def read_order(permanence: int, not_before: int) -> str:
    """Return the place of a state read from Stripe no earlier than `not_before` (Unix seconds)."""
    return f"{permanence}{not_before:010d}0"


def order_time(order: str) -> int:
    """Return the Unix seconds within an `ord`."""
    return int(order[1:11])


def order_permanence(order: str) -> int:
    """Return the permanence within an `ord`: 0, 1 or 2."""
    return int(order[0])


def moment(time: int, event_id: str = "") -> str:
    """Return when something happened, for states that need no rank: Stripe's time in Unix seconds,
    and the event that reported it (none for what was read or signed).
    """
    return f"{time:010d}{event_id}"


def moment_time(moment: str) -> int:
    """Return the Unix seconds of a moment."""
    return int(moment[:10])


def outcome_of_late(order: str, stored: str | None) -> Literal["duplicate", "superseded"]:
    """Return what became of an event that was not stored because its order, or its moment, is not
    above the stored one: the same event once more, or one that is older than what is stored.
    """
    return "duplicate" if order == stored else "superseded"
