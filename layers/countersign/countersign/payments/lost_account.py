"""Payments of an account that is lost: the app was uninstalled there, or Stripe does not let us
reach it. What may be open there stays in sight, since a hold on a card goes on without us.
"""

from typing import Final

from countersign.aws.telemetry import count, logger
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.finish_payment import end_at_once
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord

LOST = "account_lost"
"""The reason of a payment that was canceled since its account is lost."""
LONGEST_HOLD: Final = 31 * 24 * 3600
"""Seconds after which no hold is left: https://docs.stripe.com/payments/place-a-hold-on-a-payment-
method knows none that is longer than 30 days.
"""


def keep_in_sight(contexts: Contexts, record: PaymentRecord, *, is_over: bool) -> PaymentRecord:
    """Return a payment of an account that cannot be reached: `unreachable` where something may be
    open there, for as long as it may, else canceled. Of an installation that `is_over` nothing is
    read again. Raises `Changed`.
    """
    if record.has_ended:
        return record
    now = contexts.payments.now()
    if record.payment_intent is None and not record.is_running:
        return end_at_once(contexts, record, LOST)
    if is_over and now >= hold_is_over(record):
        return end_at_once(contexts, record, LOST)
    count("PaymentUnreachable")
    logger.error("an open payment cannot be reached", extra={"payment": record.id})
    if record.status == "unreachable":
        return record
    after = move(record, "lose_account", "unreachable", now)
    return store.save(contexts.payments.table, record, after)


def hold_is_over(record: PaymentRecord) -> int:
    """Return when no hold of a payment can be left (Unix seconds)."""
    return LONGEST_HOLD + (record.attempt.at if record.attempt else record.created)
