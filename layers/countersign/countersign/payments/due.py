"""When a payment is looked at next. Pure."""

from countersign.payments.payment_record import PaymentRecord
from countersign.spc.ceremony_record import LIFETIME

SOON = 60
"""Seconds after which what waits for somebody else's answer is read."""
ACTS_WITHIN = 900
"""Seconds in which a payer has to act on what Stripe asks, and to come back."""
LEFTOVER = 600
"""Seconds after the end in which whatever Stripe has failed to create is there, if it ever is."""
UNREACHABLE = 3600
"""Seconds after which an account that could not be reached is tried again."""


def due_at(record: PaymentRecord, now: int) -> int | None:
    """Return when a payment is looked at next (Unix seconds), `None` for one that has ended and has
    left nothing: then only an event wakes it.
    """
    if record.has_ended:
        return _after_end(record, now)
    if record.status == "unreachable":
        return now + UNREACHABLE
    if record.status == "processing":
        return now + SOON
    if record.status == "requires_action" and record.attempt is not None:
        return record.attempt.at + ACTS_WITHIN
    if record.status == "in_review":
        return min(now + SOON, record.expires_at)
    if record.status == "requires_step_up" and now < (record.asked_at or 0) + LIFETIME + SOON:
        return min(now + SOON, record.expires_at)
    return record.expires_at


def _after_end(record: PaymentRecord, now: int) -> int | None:
    """Return when it is looked for what is left open at Stripe: by then it has come about."""
    if not record.leaves_open:
        return None
    at = (record.ended_at or now) + LEFTOVER
    return at if now < at else now + SOON
