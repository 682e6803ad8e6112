"""The total order of what is known about a Stripe object (`ord`), by Stripe's clock alone.

An `ord` is compared as a string: permanence, then Stripe's time in seconds, then rank, then the
event's id. Permanence is 2 for redacted, 1 for canceled (both irreversible) and 0 for all else.
Rank breaks ties of one second: a read is 0, below every event of its second, since the moment it
was taken is only known from below.
"""


def event_order(permanence: int, created: int, rank: int, event_id: str) -> str:
    """The place of an event; `created` is the event's own, Unix seconds."""
    return f"{permanence}{created:010d}{rank}{event_id}"


def read_order(permanence: int, not_before: int) -> str:
    """The place of a state read from Stripe no earlier than `not_before`, Unix seconds."""
    return f"{permanence}{not_before:010d}0"


def order_time(order: str) -> int:
    """The Unix seconds within an `ord`."""
    return int(order[1:11])


def order_permanence(order: str) -> int:
    """The permanence within an `ord`: 0, 1 or 2."""
    return int(order[0])


def moment(time: int, event_id: str = "") -> str:
    """When something last happened, for states that no rank has to settle: Stripe's time in Unix
    seconds, and the event that told it (none for what was read or signed).
    """
    return f"{time:010d}{event_id}"


def moment_time(moment: str) -> int:
    """The Unix seconds of a moment."""
    return int(moment[:10])
