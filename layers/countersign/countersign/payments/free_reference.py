"""Free the reference of an order: whatever holds it is ended, or the order is refused."""

from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import try_advance
from countersign.payments.cancel_payment import cancel_payment
from countersign.payments.context import Contexts
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import already_paid, payment_open
from countersign.problems import Problem

_AGAIN_AFTER = 5
"""Seconds after which a payment may be replaced whose cancellation Stripe has not confirmed."""


def check_replaceable(holder: PaymentRecord, *, replaces: bool) -> None:
    """Raise 409 `already_paid` for a payment that has its reference for good, and 409
    `payment_open` for one that is open and that no other `replaces`.
    """
    if holder.status == "succeeded":
        raise already_paid(holder.id)
    if not replaces:
        raise payment_open(holder.id)


def free_reference(contexts: Contexts, installation: Installation, holder: PaymentRecord) -> None:
    """End the payment that has a reference. Raises 409 `already_paid` where it was paid meanwhile,
    and 409 `payment_open`, with `Retry-After`, where Stripe has not confirmed the cancellation
    within the call.
    """
    ended = _canceled(contexts, installation, holder)
    if ended.status == "succeeded":
        raise already_paid(ended.id)
    if not ended.has_ended:
        raise payment_open(ended.id, retry_after=_AGAIN_AFTER)


def holder_of(contexts: Contexts, order: PaymentOrder) -> PaymentRecord | None:
    """Return the payment that has the reference of an order."""
    table = contexts.payments.table
    holder = store.holder_of(table, order)
    return store.load(table, holder) if holder else None


def _canceled(
    contexts: Contexts, installation: Installation, holder: PaymentRecord
) -> PaymentRecord:
    """Return a payment after its cancellation, or as it is where that is not possible now. What
    runs is read first: it may be paid already.
    """
    current = try_advance(contexts, holder) if holder.is_running else holder
    if current.status == "succeeded":
        return current
    try:
        return cancel_payment(contexts, installation, current, "replaced")
    except Problem:
        return store.load(contexts.payments.table, holder.id) or current
