"""Advance a payment without its payer: what has ended elsewhere is read, what is authorized is
settled, what waits too long is canceled. Never confirms.
"""

from countersign.aws.telemetry import count, logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.follow_intent import UNSENT_AFTER, follow_intent
from countersign.payments.machine import move
from countersign.payments.make_intent import leftovers, resolve_creation
from countersign.payments.on_account import installation_of, on_account, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.proof import refreshed
from countersign.payments.requests import settle_params, stripe_key
from countersign.payments.settle_payment import settle_payment
from countersign.payments.status import BEFORE_CARD
from countersign.problems import Problem
from countersign.stripe_api.calls import AccountUnreachable


def advance_payment(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Return a payment as it is by now. Raises `Changed`, and what reading Stripe raises."""
    installation = installation_of(contexts, record)
    if installation is None:
        return _without_account(contexts, record)
    try:
        return _advance(contexts, installation, record)
    except AccountUnreachable:
        if record.has_ended:
            raise  # what is left to be read or canceled comes again
        return _without_account(contexts, record)


def cancel_now(
    contexts: Contexts, installation: Installation, record: PaymentRecord, reason: str
) -> PaymentRecord:
    """Cancel an open payment that was not settled otherwise; at once where nothing is at Stripe.
    Raises `Changed`, and what a creation whose outcome is not known raises.
    """
    if record.settle is not None or record.has_ended:
        return record
    if record.payment_intent is None:
        record = resolve_creation(contexts, installation, record)
    if record.payment_intent is not None:
        return settle_payment(contexts, installation, record, "cancel", reason)
    return end_at_once(contexts, record, reason)


def end_at_once(contexts: Contexts, record: PaymentRecord, reason: str) -> PaymentRecord:
    """End a payment of which there is nothing at Stripe."""
    now = contexts.payments.now()
    after = move(record, "cancel_at_once", "canceled", now, {"reason": reason}, reason=reason)
    return store.save(contexts.payments.table, record, after)


def _advance(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    now = contexts.payments.now()
    if record.status in BEFORE_CARD and record.settle is None:
        fresh = refreshed(contexts, installation, record)
        if fresh is not record:
            record = store.save(contexts.payments.table, record, fresh)
        if now >= record.expires_at:
            return cancel_now(contexts, installation, record, "expired")
    if record.payment_intent is None:
        followed = _created(contexts, installation, record, now)
    else:
        found = read(contexts, installation, record)
        followed = follow_intent(contexts, installation, record, found)
    if record.has_ended:
        _cancel_leftovers(contexts, installation, record)
    return followed


def _created(
    contexts: Contexts, installation: Installation, record: PaymentRecord, now: int
) -> PaymentRecord:
    """Find out what a creation came to whose request has ended long since."""
    if not record.is_running or record.creation is None:
        return record
    if now < record.creation.at + UNSENT_AFTER:
        return record
    return resolve_creation(contexts, installation, record)


def _cancel_leftovers(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> None:
    """Cancel what is left open at Stripe of a payment that has ended."""
    for intent_id in leftovers(contexts, installation, record):
        _cancel(contexts, installation, record, intent_id)
        logger.info("a leftover is canceled", extra={"payment": record.id})


def _cancel(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent_id: str
) -> None:
    key = stripe_key(contexts.payments.settings.deployment, record, f"leftover {intent_id}")
    params = settle_params("cancel", record, "replaced")
    on_account(contexts, installation, lambda c, account: c.cancel(account, intent_id, params, key))


def _without_account(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Keep a payment of an account that is lost in sight, where something may be open there."""
    if record.has_ended:
        return record
    if record.payment_intent is None and not record.is_running:
        return end_at_once(contexts, record, "account_lost")
    count("PaymentUnreachable")
    logger.error("an open payment cannot be reached", extra={"payment": record.id})
    now = contexts.payments.now()
    if record.status == "unreachable":
        return record
    after = move(record, "lose_account", "unreachable", now)
    return store.save(contexts.payments.table, record, after)


def try_advance(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Advance a payment, and return it as it is where that is not possible now."""
    try:
        return advance_payment(contexts, record)
    except (Problem, store.Changed):
        return store.load(contexts.payments.table, record.id) or record
