"""Have the PaymentIntent name the decision that counts now, in its metadata: the merchant reads
there what a charge was decided by.
"""

from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import Marking
from countersign.payments.context import Contexts
from countersign.payments.machine import move
from countersign.payments.on_account import NOT_CARRIED_OUT, on_account
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import marks
from countersign.stripe_api.calls import StripeRefused


def mark_decision(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment in `ready` whose PaymentIntent names the present decision. Raises `Changed`,
    and as `on_account` does: the claim then stays, and `resolve_marking` repeats it.
    """
    if record.decision is None or record.marked == record.decision:
        return record
    now = contexts.payments.now()
    claim = Marking(now, record.decision)
    claimed = move(record, "claim_marking", "processing", now, marking=claim)
    claimed = store.save(contexts.payments.table, record, claimed)
    return resolve_marking(contexts, installation, claimed)


def resolve_marking(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment in `ready` once its claim was carried out: the update is the same each time,
    so that it needs no key. Raises as `mark_decision` does.
    """
    claim, intent_id = record.marking, record.payment_intent
    if claim is None or intent_id is None:
        return record
    params = {"metadata": marks(record)}
    try:
        on_account(contexts, installation, lambda c, account: c.update(account, intent_id, params))
    except StripeRefused:
        # It cannot be changed any more: what it is by now is read before anything else is done.
        return _over(contexts, record, record.marked)
    except NOT_CARRIED_OUT:
        _over(contexts, record, record.marked)
        raise
    return _over(contexts, record, claim.decision)


def _over(contexts: Contexts, record: PaymentRecord, marked: str | None) -> PaymentRecord:
    now = contexts.payments.now()
    after = move(record, "store_marking", "ready", now, marking=None, marked=marked)
    return store.save(contexts.payments.table, record, after)
