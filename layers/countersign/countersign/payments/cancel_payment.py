"""Cancel a payment, for its merchant."""

from countersign.installs.installation import Installation
from countersign.payments.advance_payment import cancel_now
from countersign.payments.at_present import at_present
from countersign.payments.context import Contexts
from countersign.payments.follow_intent import follow_intent
from countersign.payments.on_account import read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import payment_busy, payment_succeeded
from countersign.payments.settle_payment import carry_out


def cancel_payment(
    contexts: Contexts, installation: Installation, record: PaymentRecord, reason: str
) -> PaymentRecord:
    """Cancel a payment and return it: canceled, or in `processing` until Stripe says so. One that
    has ended without money stays as it is.

    Raises 409 `payment_succeeded` for one that is captured, `payment_busy` while that is being
    found out, what a creation whose outcome is not known raises, and 409 `permission_missing` or
    `account_unreachable` where Stripe does not let us cancel: it is done once it does.
    """

    def cancel(present: PaymentRecord) -> PaymentRecord:
        return _canceled(contexts, installation, present, reason)

    return at_present(contexts.payments.table, record, cancel)


def _canceled(
    contexts: Contexts, installation: Installation, record: PaymentRecord, reason: str
) -> PaymentRecord:
    """Cancel, or go on with what was chosen. Somebody else may capture it meanwhile."""
    chosen = record.settle
    if record.has_ended:
        settled = record
    elif chosen is not None and chosen.kind == "capture":
        found = read(contexts, installation, record)
        settled = follow_intent(contexts, installation, record, found)
    elif chosen is not None:
        settled = carry_out(contexts, installation, record)
    else:
        settled = cancel_now(contexts, installation, record, reason)
    if settled.status == "succeeded":
        raise payment_succeeded(record.id)
    if chosen is not None and chosen.kind == "capture" and not settled.has_ended:
        raise payment_busy(record.id)
    return settled
