"""Tidy up after a payment that has ended: a failure of Stripe's may have left a PaymentIntent
beside its own, and the rules may have refused its last card. Nobody confirms what is open then, and
it is canceled so that nobody wonders.
"""

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments.context import Contexts
from countersign.payments.due import LEFTOVER
from countersign.payments.find_intents import open_intents
from countersign.payments.on_account import on_account
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import settle_params, stripe_key
from countersign.stripe_api.calls import StripeRefused


def tidy_up(contexts: Contexts, installation: Installation, record: PaymentRecord) -> None:
    """Cancel what is open at Stripe of a payment that has ended. Raises as `on_account` does."""
    if not record.leaves_open:
        return
    for intent_id in _left(contexts, installation, record):
        _cancel(contexts, installation, record, intent_id)
        logger.info("a leftover is canceled", extra={"payment": record.id})


def _left(contexts: Contexts, installation: Installation, record: PaymentRecord) -> list[str]:
    """Return the ids of what may be open: its own, and what was made when one was to be created: a
    merchant may have made a hundred thousand of others since.
    """
    own = [str(record.payment_intent)] if record.leaves_own else []
    claimed = [step.at for step in record.steps if step.did == "claim_creation"]
    if record.creation is None or record.creation.generation == 1 or not claimed:
        return own
    until = claimed[-1] + LEFTOVER
    found = open_intents(contexts, installation, record, claimed[0], until)
    return list(dict.fromkeys([*own, *found]))


def _cancel(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent_id: str
) -> None:
    key = stripe_key(contexts.payments.settings.deployment, record, f"leftover {intent_id}")
    params = settle_params("cancel", record, "replaced")
    try:
        on_account(
            contexts, installation, lambda c, account: c.cancel(account, intent_id, params, key)
        )
    except StripeRefused as refused:  # somebody else has canceled it
        logger.info("a leftover is gone", extra={"payment": record.id, "code": refused.code})
