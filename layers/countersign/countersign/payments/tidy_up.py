"""Tidy up after a payment that has ended: a failure of Stripe's may have left a PaymentIntent
beside its own. It was never confirmed, and is canceled so that nobody wonders.
"""

from dataclasses import replace

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.find_intents import open_intents
from countersign.payments.machine import move
from countersign.payments.on_account import on_account
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import settle_params, stripe_key
from countersign.stripe_api.calls import StripeRefused


def is_untidy(record: PaymentRecord) -> bool:
    """Whether something of a payment that has ended may be left at Stripe."""
    return record.has_ended and record.creation is not None and record.creation.is_untidy


def tidy_up(contexts: Contexts, installation: Installation, record: PaymentRecord) -> PaymentRecord:
    """Cancel what is left of a payment beside its own PaymentIntent, and return it. Raises
    `Changed`, and as `on_account` does.
    """
    for intent_id in open_intents(contexts, installation, record, record.created):
        if intent_id != record.payment_intent:
            _cancel(contexts, installation, record, intent_id)
            logger.info("a leftover is canceled", extra={"payment": record.id})
    return as_tidy(contexts, record)


def as_tidy(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Return a payment of which nothing is left, or nothing that could be reached."""
    if record.creation is None:
        return record
    tidied, now = replace(record.creation, tidied=True), contexts.payments.now()
    after = move(record, "record", record.status, now, creation=tidied)
    return store.save(contexts.payments.table, record, after)


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
