"""Gathering the evidence: the token is opened, the card is read back from Stripe."""

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
from countersign.step_up.claims import inside
from countersign.step_up.context import Context
from countersign.step_up.order import Order
from countersign.step_up.stripe_card import StripeCard, read_card
from countersign.stripe_api.calls import StripeRefused, StripeResponse


def token_of(token: Any, payment_data: Mapping[str, Any] | None, recipient_id: str) -> str | None:
    """The token to open: the one that is given, else the one in what the browser gave, where this
    deployment opens any (`recipient_id` is not empty). As a merchant we open only what is sealed to
    merchants: a token for a gateway is in `payment_data` too, and not ours. As a gateway we take
    each for one of ours. Raises `InvalidToken` for what is no token at all.
    """
    if token is None and recipient_id:
        ours = "PAYMENT_GATEWAY" if _is_gateway(recipient_id) else "DIRECT"
        found = inside(payment_data, "paymentMethodData", "tokenizationData")
        token = found.get("token") if found.get("type") == ours else None
    if isinstance(token, dict):
        return json.dumps(token)
    if token is not None and not isinstance(token, str):
        raise InvalidToken("is neither text nor an object")
    return token


def opened_token(settings: Settings, order: Order, now: int) -> OpenedToken | None:
    """The opened token of an order that has one; raises as `open_token` does. `cryptography` is
    imported for this alone, since it doubles a cold start.
    """
    if order.token is None:
        return None
    if not settings.google_pay_recipient_id:
        raise InvalidToken("can not be opened here: this deployment opens none, so leave it out")
    from countersign.google_pay.configured_keys import keys
    from countersign.google_pay.open_token import open_token

    # The end of the present second, so that no token is taken too late.
    now_ms = now * 1000 + 999
    ours = keys(settings, now_ms)
    opened = open_token(order.token, ours, now_ms)
    # Sealed to a gateway, a token names the merchant that it is for.
    if _is_gateway(ours.recipient_id) and opened.gateway_merchant_id != order.account_id:
        raise InvalidToken("is for another merchant")
    return opened


def _is_gateway(recipient_id: str) -> bool:
    """Whether tokens are sealed to us as a gateway of many merchants, and not as the merchant."""
    return recipient_id.startswith("gateway:")


def card_at_stripe(
    context: Context, installs: InstallsContext, held: Installation, order: Order
) -> StripeCard | None:
    """The card of the payment method or confirmation token that an order names, as Stripe has it;
    raises 422 for one that is not there or is no card, and as `on_behalf` does.
    """
    read: Callable[[str, str], StripeResponse]
    if order.payment_method is not None:
        name, resource, read = "payment_method", order.payment_method, context.stripe.payment_method
    elif order.confirmation_token is not None:
        name, resource = "confirmation_token", order.confirmation_token
        read = context.stripe.confirmation_token
    else:
        return None
    card = read_card(read_back(installs, held, name, read, resource))
    if card is None:
        raise _wrong(name, "is not a card's")
    return card


def read_back(
    installs: InstallsContext,
    held: Installation,
    name: str,
    read: Callable[[str, str], StripeResponse],
    resource: str,
) -> dict[str, Any]:
    """Something of the account's at Stripe; raises 422 for the member of this name where there is
    no such thing, and as `on_behalf` does.
    """
    try:
        return access.on_behalf(installs, held, lambda account_id: read(account_id, resource)).body
    except StripeRefused as refused:
        if refused.status not in (400, 404):
            raise Unavailable("stripe") from refused
        message = "is not there on this account at Stripe, or the app may not read it"
        raise _wrong(name, message) from refused


def _wrong(name: str, message: str) -> Invalid:
    return Invalid([{"pointer": f"/{name}", "message": message}])
