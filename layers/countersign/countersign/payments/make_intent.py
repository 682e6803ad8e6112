"""Make the one PaymentIntent of a payment: create it, or find the one whose response was lost.

It is created unconfirmed, and only this server can confirm it
(https://docs.stripe.com/api/payment_intents/create#create_payment_intent-confirmation_method).
"""

from msgspec.structs import replace

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import Creation
from countersign.payments.context import Contexts
from countersign.payments.due import LEFTOVER
from countersign.payments.find_intents import open_intents
from countersign.payments.machine import move
from countersign.payments.on_account import NOT_CARRIED_OUT, on_account
from countersign.payments.payment_record import LASTS, PaymentRecord
from countersign.payments.refusals import order_refused
from countersign.payments.requests import create_params, stripe_key
from countersign.problems import Unavailable
from countersign.stripe_api.calls import StripeFailed, StripeKeyReused, StripeRefused

REFUSED = "refused_by_stripe"
"""The reason of a payment whose order Stripe does not take."""


def make_intent(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment in `ready` with its PaymentIntent.

    Raises 422 `payment_refused` for an order that Stripe does not take: the payment has failed
    then. Raises `Changed`, and as `on_account` does; where it is not known what came of the claim,
    it stays, and `resolve_creation` finds out.
    """
    if record.payment_intent is not None:
        return record
    now = contexts.payments.now()
    generation = record.creation.generation if record.creation else 1
    claim = Creation(now, create_params(record), generation)
    claimed = move(
        record, "claim_creation", "processing", now, {"generation": generation},
        creation=claim, marked=record.decision,
    )  # fmt: skip
    claimed = store.save(contexts.payments.table, record, claimed)
    try:
        made = resolve_creation(contexts, installation, claimed)
    except NOT_CARRIED_OUT:
        _anew(contexts, claimed, replace(claim, over=True))
        raise
    if made.has_ended:
        last = made.steps[-1].facts
        raise order_refused(last.get("param"), last.get("code"))
    if made.payment_intent is None:
        raise Unavailable("stripe")
    return made


def resolve_creation(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment whose creation was claimed with its PaymentIntent: whoever repeats the
    request gets the same one. Where Stripe has failed, or the request is too old to be repeated,
    the one that it made nevertheless is adopted, else the next attempt creates one with another
    key; where Stripe does not take the order, the payment has failed. Raises `Changed`, and as
    `on_account` does.
    """
    claim, now = record.creation, contexts.payments.now()
    if claim is None or claim.over or record.payment_intent is not None:
        return record
    if now >= claim.at + LASTS:  # Stripe may have forgotten its key, and would make another one
        return _adopted(contexts, installation, record, claim, claim.at + LEFTOVER)
    key = stripe_key(contexts.payments.settings.deployment, record, f"create{claim.generation}")
    try:
        made = on_account(
            contexts, installation, lambda c, account: c.create(account, dict(claim.params), key)
        )
    except StripeRefused as refused:
        return _refused(contexts, record, refused)
    except (StripeFailed, StripeKeyReused):
        return _adopted(contexts, installation, record, claim, contexts.payments.now())
    return _store(contexts, record, made.body["id"])


def _adopted(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    claim: Creation,
    until: int,
) -> PaymentRecord:
    """Return a payment with the PaymentIntent that its claim has made by then (Unix seconds), or
    whose creation is claimed again.
    """
    found = open_intents(contexts, installation, record, claim.at, until)
    if found:
        return _store(contexts, record, found[0])
    return _anew(contexts, record, replace(claim, generation=claim.generation + 1, over=True))


def _store(contexts: Contexts, record: PaymentRecord, intent_id: str) -> PaymentRecord:
    now = contexts.payments.now()
    stored = move(record, "store_intent", "ready", now, payment_intent=intent_id)
    return store.save(contexts.payments.table, record, stored)


def _anew(contexts: Contexts, record: PaymentRecord, claim: Creation) -> PaymentRecord:
    """Return a payment whose creation is claimed again by the next attempt."""
    now = contexts.payments.now()
    logger.warning("a PaymentIntent could not be created", extra={"payment": record.id})
    anew = move(record, "create_anew", "ready", now, creation=claim)
    return store.save(contexts.payments.table, record, anew)


def _refused(contexts: Contexts, record: PaymentRecord, refused: StripeRefused) -> PaymentRecord:
    """Return a payment that has failed: its order is fixed, so Stripe never takes it."""
    now = contexts.payments.now()
    said = {"reason": REFUSED, "code": refused.code, "param": refused.param}
    facts = {name: value for name, value in said.items() if value is not None}
    logger.warning("Stripe refuses an order", extra={"payment": record.id, "code": refused.code})
    failed = move(record, "cancel_at_once", "failed", now, facts, reason=REFUSED)
    return store.save(contexts.payments.table, record, failed)
