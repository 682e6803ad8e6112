"""Make the one PaymentIntent of a payment: create it, or find the one whose response was lost.

It is created unconfirmed, and only this server can confirm it
(https://docs.stripe.com/api/payment_intents/create#create_payment_intent-confirmation_method).
"""

from typing import Any

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import Creation
from countersign.payments.context import Contexts
from countersign.payments.intent import FINAL
from countersign.payments.machine import move
from countersign.payments.metadata import PAYMENT
from countersign.payments.on_account import on_account
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import create_params, stripe_key
from countersign.problems import Invalid, Problem
from countersign.stripe_api.calls import StripeFailed, StripeKeyReused, StripeRefused

MARGIN = 120
"""Seconds before the claim from which PaymentIntents are looked for: clocks differ."""


def make_intent(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment in `ready` with its PaymentIntent. Raises 422 `payment_refused` for an order
    that Stripe does not take, `Changed`, and as `on_account` does; the claim then stays, and
    `resolve_creation` finds out what it came to.
    """
    if record.payment_intent is not None:
        return record
    generation = record.creation.generation if record.creation else 1
    now = contexts.payments.now()
    claim = Creation(now, create_params(record), generation)
    claimed = move(
        record, "claim_creation", "processing", now, creation=claim, marked=record.decision
    )
    return resolve_creation(
        contexts, installation, store.save(contexts.payments.table, record, claimed)
    )


def resolve_creation(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment whose creation was claimed with its PaymentIntent: whoever repeats the
    request gets the same one. Where Stripe has failed, the one that it made nevertheless is
    adopted, else the next attempt creates one with another key. Raises as `make_intent` does.
    """
    claim = record.creation
    if claim is None or not record.is_running or record.payment_intent is not None:
        return record
    key = stripe_key(contexts.payments.settings.deployment, record, f"create{claim.generation}")
    try:
        made = on_account(
            contexts, installation, lambda c, account: c.create(account, dict(claim.params), key)
        )
    except StripeRefused as refused:
        _anew(contexts, record, claim)
        raise _refused(refused) from refused
    except (StripeFailed, StripeKeyReused):
        found = _find(contexts, installation, record, claim)
        return _store(contexts, record, found) if found else _anew(contexts, record, claim)
    return _store(contexts, record, made.body["id"])


def leftovers(contexts: Contexts, installation: Installation, record: PaymentRecord) -> list[str]:
    """Return the PaymentIntents of a payment that has ended which are open still."""
    return _listed(contexts, installation, record, record.created) if record.leaves_open else []


def _find(
    contexts: Contexts, installation: Installation, record: PaymentRecord, claim: Creation
) -> str | None:
    return next(iter(_listed(contexts, installation, record, claim.at)), None)


def _listed(
    contexts: Contexts, installation: Installation, record: PaymentRecord, since: int
) -> list[str]:
    """Return the ids of the open PaymentIntents that name this payment."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = _page(contexts, installation, since - MARGIN, after)
        found += [
            each["id"]
            for each in page["data"]
            if (each.get("metadata") or {}).get(PAYMENT) == record.id
            and each["status"] not in FINAL
        ]
        if not page["has_more"]:
            return found
        after = page["data"][-1]["id"]


def _page(
    contexts: Contexts, installation: Installation, since: int, after: str | None
) -> dict[str, Any]:
    return on_account(
        contexts, installation, lambda c, account: c.created_since(account, since, after)
    ).body


def _store(contexts: Contexts, record: PaymentRecord, intent_id: str) -> PaymentRecord:
    now = contexts.payments.now()
    stored = move(record, "store_intent", "ready", now, payment_intent=intent_id)
    return store.save(contexts.payments.table, record, stored)


def _anew(contexts: Contexts, record: PaymentRecord, claim: Creation) -> PaymentRecord:
    now = contexts.payments.now()
    logger.warning("a PaymentIntent could not be created", extra={"payment": record.id})
    raised = Creation(claim.at, claim.params, claim.generation + 1, over=True)
    # Without its claim: the order is claimed again with the card that is named by then.
    anew = move(record, "create_anew", "ready", now, creation=raised)
    return store.save(contexts.payments.table, record, anew)


def _refused(refused: StripeRefused) -> Problem:
    member = (refused.param or "").partition("[")[0]
    message = f"Stripe refuses it ({refused.code or 'invalid'}): create another payment without"
    return Invalid(
        [{"pointer": f"/{member}" if member else "", "message": message}], "payment_refused"
    )
