"""Calls on the merchant's account, and the installation that a payment is of."""

from collections.abc import Callable
from functools import partial
from typing import Any

from countersign.aws.telemetry import logger
from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_installed
from countersign.payments.context import Contexts
from countersign.payments.intent import EXPAND
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.stripe_calls import Expand, StripeCalls
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import (
    AccountUnreachable,
    PermissionMissing,
    StripeKeyRefused,
    StripeRefused,
    StripeResponse,
)

NOT_CARRIED_OUT = (AccountUnreachable, PermissionMissing, StripeKeyRefused)
"""Refusals of whoever asks, made before a request is looked at: it was not carried out, and its key
was not used (https://docs.stripe.com/api/idempotent_requests).
"""

_LESS: tuple[Expand, ...] = (EXPAND, EXPAND[:1], ())
"""What is expanded, and what instead where the merchant does not permit that."""


def on_account(
    contexts: Contexts,
    installation: Installation,
    request: Callable[[StripeCalls, str], StripeResponse],
) -> StripeResponse:
    """Send a request on behalf of the merchant's account; raises as `access.on_behalf` does."""
    stripe = contexts.payments.stripe
    return access.on_behalf(
        contexts.decisions.installs, installation, lambda account: request(stripe, account)
    )


def as_permitted(
    contexts: Contexts,
    installation: Installation,
    request: Callable[[StripeCalls, str, Expand], StripeResponse],
) -> StripeResponse:
    """Send a request as `on_account` does, with as much expanded as the merchant permits. One that
    was refused for a permission was not carried out.
    """
    for expand in _LESS[:-1]:
        try:
            return on_account(contexts, installation, partial(_expanding, request, expand))
        except PermissionMissing:
            continue
    return on_account(contexts, installation, partial(_expanding, request, _LESS[-1]))


def read(contexts: Contexts, installation: Installation, record: PaymentRecord) -> dict[str, Any]:
    """Return the PaymentIntent of a payment that has one, as Stripe has it now, with its charge and
    its review as far as the merchant lets us read them. It holds its `client_secret`, so it is
    neither logged nor stored. Raises as `on_account` does, and `Unavailable` for a refusal.
    """
    intent_id = record.payment_intent
    if intent_id is None:
        raise RuntimeError("there is no PaymentIntent to be read")
    try:
        return as_permitted(
            contexts,
            installation,
            lambda c, account, expand: c.retrieve(account, intent_id, expand),
        ).body
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from None
    logger.error("a PaymentIntent is gone", extra={"payment": record.id})
    return _gone(record)


def installation_of(contexts: Contexts, record: PaymentRecord) -> Installation | None:
    """Return the installation that a payment is of, `None` once that is over."""
    order = record.order
    try:
        found = access.require_standing(
            contexts.decisions.installs, order.account_id, over=not_installed
        )
    except Problem as over:
        if over.code != not_installed().code:
            raise
        return None
    return found if found.id == order.installation else None


def _expanding(
    request: Callable[[StripeCalls, str, Expand], StripeResponse],
    expand: Expand,
    stripe: StripeCalls,
    account: str,
) -> StripeResponse:
    return request(stripe, account, expand)


def _gone(record: PaymentRecord) -> dict[str, Any]:
    """Return what stands for a PaymentIntent that Stripe does not know any more, since a merchant
    has deleted all test data: it is as one that was canceled there, and nothing new is known of
    its charge.
    """
    order = record.order
    return {
        "id": record.payment_intent,
        "status": "canceled",
        "amount": order.amount,
        "currency": order.currency,
        "latest_charge": record.money.charge,
        "client_secret": None,
    }
