"""The objects of a payment, as Stripe shows them: docs.stripe.com/api/payment_methods,
…/confirmation_tokens, …/payment_intents. Pure.
"""

from dataclasses import dataclass
from typing import Any, Literal

from local.stand_in import cards
from local.stand_in.cards import Card
from local.stand_in.ids import new_id, token
from local.stand_in.three_d_secure import Request

Status = Literal[
    "canceled", "processing", "requires_action", "requires_capture", "requires_confirmation",
    "requires_payment_method", "succeeded",
]  # fmt: skip

CaptureMethod = Literal["automatic", "automatic_async", "manual"]
ConfirmationMethod = Literal["automatic", "manual"]
Usage = Literal["off_session", "on_session"]

CHARGED = ("requires_capture", "succeeded")
"""The statuses in which there is a charge."""

_TOKEN_LIFETIME_S = 12 * 3600
_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


@dataclass(frozen=True)
class Payment:
    """What a PaymentIntent is made from; `amount` and the fee are in the minor unit, and the money
    goes to the account `transfer_to`.
    """

    amount: int
    currency: str
    status: Status
    payment_method: dict[str, Any] | None
    metadata: dict[str, str]
    request: Request = "automatic"
    capture_method: CaptureMethod = "automatic_async"
    confirmation_method: ConfirmationMethod = "automatic"
    customer: str | None = None
    description: str | None = None
    application_fee_amount: int | None = None
    setup_future_usage: Usage | None = None
    on_behalf_of: str | None = None
    transfer_to: str | None = None


def payment_method(card: Card, customer: str | None, now: int) -> dict[str, Any]:
    return _payment_method(_shown(card, customer), now)


def of_token(confirmation_token: dict[str, Any], now: int) -> dict[str, Any]:
    """Return the PaymentMethod that a ConfirmationToken becomes when it is used."""
    return _payment_method(confirmation_token["payment_method_preview"], now)


def _payment_method(shown: dict[str, Any], now: int) -> dict[str, Any]:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        **shown,
        "created": now,
        "livemode": False,
        "metadata": {},
        "radar_options": {},
    }


def confirmation_token(card: Card, now: int, usage: Usage | None = None) -> dict[str, Any]:
    """Return one that has not been used; `created` is when the browser made it. With a usage it
    would save the card for that.
    """
    return {
        "id": new_id("ctoken"),
        "object": "confirmation_token",
        "created": now,
        "expires_at": now + _TOKEN_LIFETIME_S,
        "livemode": False,
        "mandate_data": None,
        "payment_intent": None,
        "payment_method_options": None,
        "payment_method_preview": _shown(card, None),
        "return_url": None,
        "setup_future_usage": usage,
        "setup_intent": None,
        "shipping": None,
        "use_stripe_sdk": True,
    }


def payment_intent(payment: Payment, application: str, now: int) -> dict[str, Any]:
    """Return one of the app's, without its charge: what that changes is in `charged`."""
    identifier = new_id("pi")
    is_canceled, is_held = payment.status == "canceled", payment.status == "requires_capture"
    transfer = {"destination": payment.transfer_to} if payment.transfer_to else None
    return {
        "id": identifier,
        "object": "payment_intent",
        "allowed_payment_method_types": ["card"],
        "amount": payment.amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": application or None,
        "application_fee_amount": payment.application_fee_amount,
        "automatic_payment_methods": None,
        "canceled_at": now if is_canceled else None,
        "cancellation_reason": None,
        "capture_method": "manual" if is_held else payment.capture_method,
        "client_secret": f"{identifier}_secret_{token(25)}",
        "confirmation_method": payment.confirmation_method,
        "created": now,
        "currency": payment.currency,
        "customer": payment.customer,
        "description": payment.description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": payment.metadata,
        "next_action": None,
        "on_behalf_of": payment.on_behalf_of,
        "payment_method": payment.payment_method and payment.payment_method["id"],
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": payment.request,
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": payment.setup_future_usage,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": payment.status,
        "transfer_data": transfer,
        "transfer_group": None,
    }


def charged(intent: dict[str, Any], charge: dict[str, Any]) -> dict[str, Any]:
    """Return a PaymentIntent with its charge, whose amount is captured or held for a capture."""
    is_captured, amount = charge["captured"], charge["amount"]
    return intent | {
        "status": "succeeded" if is_captured else "requires_capture",
        "amount_capturable": 0 if is_captured else amount,
        "amount_received": amount if is_captured else 0,
        "latest_charge": charge["id"],
        "next_action": None,
    }


def acting(intent: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    """Return a PaymentIntent whose payer has to pass a challenge."""
    return intent | {"status": "requires_action", "next_action": action}


def declined(
    intent: dict[str, Any], error: dict[str, Any], charge: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a PaymentIntent that waits for another card after this error, with the charge that was
    refused if it came to one (docs.stripe.com/payments/paymentintents/lifecycle).
    """
    return intent | {
        "status": "requires_payment_method",
        "last_payment_error": error,
        "latest_charge": charge["id"] if charge else intent["latest_charge"],
        "next_action": None,
        "payment_method": None,
    }


def _shown(card: Card, customer: str | None) -> dict[str, Any]:
    """Return what a PaymentMethod and the preview of one have in common."""
    return {
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(),
        "card": cards.of_payment_method(card),
        "customer": customer,
        "type": "card",
    }


def billing_details() -> dict[str, Any]:
    return {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
