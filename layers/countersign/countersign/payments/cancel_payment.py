"""Cancel a payment, for its merchant."""

from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import cancel_now
from countersign.payments.context import Contexts
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import payment_busy, payment_succeeded
from countersign.payments.settle_payment import carry_out

TRIES = 3
"""Times that a payment is read again that somebody else has written meanwhile."""


def cancel_payment(
    contexts: Contexts, installation: Installation, record: PaymentRecord, reason: str
) -> PaymentRecord:
    """Cancel a payment and return it: canceled, or in `processing` until Stripe says so. One that
    has ended without money stays as it is.

    Raises 409 `payment_succeeded` for one that is captured, `payment_busy` while that is being
    found out, and what a creation whose outcome is not known raises.
    """
    for _ in range(TRIES):
        if record.status == "succeeded":
            raise payment_succeeded(record.id)
        if record.has_ended:
            return record
        try:
            return _canceled(contexts, installation, record, reason)
        except store.Changed:
            record = store.load(contexts.payments.table, record.id) or record
    raise payment_busy(record.id)


def _canceled(
    contexts: Contexts, installation: Installation, record: PaymentRecord, reason: str
) -> PaymentRecord:
    """Cancel, or go on with what was chosen. Somebody else may capture it meanwhile."""
    chosen = record.settle
    if chosen is None:
        settled = cancel_now(contexts, installation, record, reason)
    else:
        settled = carry_out(contexts, installation, record)
    if settled.status == "succeeded":
        raise payment_succeeded(record.id)
    if chosen is not None and chosen.kind == "capture" and not settled.has_ended:
        raise payment_busy(record.id)
    return settled
