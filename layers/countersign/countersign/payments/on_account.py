"""Calls on the merchant's account, and the installation that a payment is of."""

from collections.abc import Callable
from typing import Any

from countersign.installs import access
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_installed
from countersign.payments.context import Contexts
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.stripe_calls import StripeCalls
from countersign.problems import Problem
from countersign.stripe_api.calls import (
    AccountUnreachable,
    PermissionMissing,
    StripeKeyRefused,
    StripeResponse,
)

NOT_CARRIED_OUT = (AccountUnreachable, PermissionMissing, StripeKeyRefused)
"""Refusals of whoever asks, made before a request is looked at: it was not carried out, and its key
was not used (https://docs.stripe.com/api/idempotent_requests).
"""


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


def read(contexts: Contexts, installation: Installation, record: PaymentRecord) -> dict[str, Any]:
    """Return the PaymentIntent of a payment that has one, as Stripe has it now. It holds its
    `client_secret`, so it is neither logged nor stored.
    """
    intent_id = record.payment_intent
    if intent_id is None:
        raise RuntimeError("there is no PaymentIntent to be read")
    return on_account(
        contexts, installation, lambda stripe, account: stripe.retrieve(account, intent_id)
    ).body


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
