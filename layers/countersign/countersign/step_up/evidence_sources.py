"""The sources of the evidence: the opened token, and the card as Stripe has it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from countersign.google_pay.payload import OpenedToken
from countersign.google_pay.refusals import InvalidToken
from countersign.installs import access
from countersign.installs.context import Context as InstallsContext
from countersign.installs.installation import Installation
from countersign.problems import Invalid, Unavailable
from countersign.settings import Settings
from countersign.step_up.context import Context
from countersign.step_up.order import Order
from countersign.step_up.payment_data import has_token_elsewhere, method_data
from countersign.step_up.stripe_card import StripeCard, read_card
from countersign.stripe_api.calls import StripeRefused, StripeResponse

_TYPES = ("DIRECT", "PAYMENT_GATEWAY")
"""How Google seals tokens: to a merchant, or to its gateway."""


def find_token(token: Any, payment_data: Mapping[str, Any] | None, recipient_id: str) -> str | None:
    """Return the token to open: `token`, else the one in what the browser gave, where this
    deployment opens any (`recipient_id` is not empty).

    A deployment that is a merchant opens only tokens that are sealed to merchants: one for another
    gateway is in `payment_data`, too. A deployment that is a gateway takes every gateway token for
    its own. Raises `InvalidToken` for what is not a token at all, and for one in a place where none
    is expected, since it would go unopened without a word.
    """
    if token is None and recipient_id and payment_data is not None:
        token = _given_token(payment_data, recipient_id)
    if isinstance(token, dict):
        return json.dumps(token)
    if token is not None and not isinstance(token, str):
        raise InvalidToken("is neither a string nor an object")
    return token


def _given_token(payment_data: Mapping[str, Any], recipient_id: str) -> Any:
    if has_token_elsewhere(payment_data):
        raise InvalidToken("is not where loadPaymentData puts it")
    given = method_data(payment_data).get("tokenizationData")
    if given is None:
        return None
    kind = given.get("type") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or kind not in _TYPES:
        raise InvalidToken("has no tokenization type that is known")
    ours = "PAYMENT_GATEWAY" if _is_gateway(recipient_id) else "DIRECT"
    return given.get("token") if kind == ours else None


def open_order_token(settings: Settings, order: Order, now: int) -> OpenedToken | None:
    """Return the opened token of an order that has one; raises as `open_token` does. `cryptography`
    is imported only for this (docs/decisions.md#a-cold-start-loads-what-it-needs).
    """
    if order.token is None:
        return None
    if not settings.google_pay_recipient_id:
        raise InvalidToken("cannot be opened, since this deployment opens none", "Leave it out.")
    from countersign.google_pay.configured_keys import configured_keys
    from countersign.google_pay.open_token import open_token

    # The end of the present second, so that no token is accepted too late.
    now_ms = now * 1000 + 999
    keys = configured_keys(settings, now_ms)
    opened = open_token(order.token, keys, now_ms)
    # A token that is sealed to a gateway names the merchant that it is for.
    if _is_gateway(keys.recipient_id) and opened.gateway_merchant_id != order.account_id:
        raise InvalidToken("is for another merchant")
    return opened


def _is_gateway(recipient_id: str) -> bool:
    """Whether tokens are sealed to us as a gateway of many merchants, and not as the merchant."""
    return recipient_id.startswith("gateway:")


def read_card_at_stripe(
    context: Context, installs: InstallsContext, installation: Installation, order: Order
) -> StripeCard | None:
    """Return the card of the payment method or confirmation token that an order names, as Stripe
    has it. Raises 422 for one that does not exist or is not a card, and as `on_behalf` does.
    """
    if order.at_stripe is not None:
        return order.at_stripe
    read: Callable[[str, str], StripeResponse]
    if order.payment_method is not None:
        name, resource, read = "payment_method", order.payment_method, context.stripe.payment_method
    elif order.confirmation_token is not None:
        name, resource = "confirmation_token", order.confirmation_token
        read = context.stripe.confirmation_token
    else:
        return None
    card = read_card(read_at_stripe(installs, installation, name, read, resource))
    if card is None:
        raise _wrong(name, "is not a card")
    return card


def read_at_stripe(
    installs: InstallsContext,
    installation: Installation,
    name: str,
    read: Callable[[str, str], StripeResponse],
    resource: str,
) -> dict[str, Any]:
    """Return an object of the account at Stripe. Raises 422 for the member `name` where there is no
    such object, and as `on_behalf` does.
    """
    try:
        return access.on_behalf(
            installs, installation, lambda account_id: read(account_id, resource)
        ).body
    except StripeRefused as refused:
        if refused.status not in (400, 404):
            raise Unavailable("stripe") from refused
        message = "does not exist on this account at Stripe"
        raise _wrong(name, message) from refused


def _wrong(name: str, message: str) -> Invalid:
    return Invalid([{"pointer": f"/{name}", "message": message}])
