"""When a payment is looked at next. Pure."""

from countersign.payments.payment_record import PaymentRecord
from countersign.spc.ceremony_record import LIFETIME

SOON = 60
"""Seconds after which what waits for somebody else's answer is read."""
ACTS_WITHIN = 900
"""Seconds in which a payer has to act on what Stripe asks, and to come back."""
UNREACHABLE = 3600
"""Seconds after which an account that could not be reached is tried again."""


def due_at(record: PaymentRecord, now: int) -> int | None:
    """Return when a payment is looked at next (Unix seconds), `None` for one that has ended: then
    only an event wakes it, once nothing of it is left over at Stripe.
    """
    if record.has_ended:
        is_untidy = record.creation is not None and record.creation.is_untidy
        return now + SOON if is_untidy else None
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
