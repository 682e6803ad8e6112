"""Read a payment, as its decision and its ceremony have it by now."""

from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.proof import refreshed


def read_payment(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Return a payment whose review may have ended, or whose payer may have answered, since it was
    stored. Asks nothing of Stripe.
    """
    fresh = refreshed(contexts, record)
    if fresh is record:
        return record
    try:
        return store.save(contexts.payments.table, record, fresh)
    except store.Changed:
        return store.load(contexts.payments.table, record.id) or record
