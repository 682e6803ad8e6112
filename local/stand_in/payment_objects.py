"""The objects of a payment, as Stripe shows them: docs.stripe.com/api/payment_methods,
…/confirmation_tokens, …/payment_intents, …/charges. Pure.
"""

from dataclasses import dataclass
from typing import Any, Literal

from local.stand_in import cards
from local.stand_in.cards import Card, ThreeDSecure
from local.stand_in.ids import new_id, token

Status = Literal[
    "canceled", "processing", "requires_action", "requires_capture", "requires_confirmation",
    "requires_payment_method", "succeeded",
]  # fmt: skip

CHARGED = ("requires_capture", "succeeded")
"""The statuses in which there is a charge."""

_TOKEN_LIFETIME_S = 12 * 3600
_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


@dataclass(frozen=True)
class Payment:
    """What a PaymentIntent and its charge are made from; `amount` is in the minor unit."""

    amount: int
    currency: str
    status: Status
    payment_method: dict[str, Any]
    three_d_secure: ThreeDSecure | None
    electronic_commerce_indicator: str | None
    metadata: dict[str, str]

    @property
    def is_captured(self) -> bool:
        return self.status == "succeeded"

    @property
    def captured_amount(self) -> int:
        return self.amount if self.is_captured else 0


def payment_method(card: Card, now: int) -> dict[str, Any]:
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        **_shown(card),
        "created": now,
        "livemode": False,
        "metadata": {},
        "radar_options": {},
    }


def confirmation_token(card: Card, now: int) -> dict[str, Any]:
    """Return one that has not been used; `created` is when the browser made it."""
    return {
        "id": new_id("ctoken"),
        "object": "confirmation_token",
        "created": now,
        "expires_at": now + _TOKEN_LIFETIME_S,
        "livemode": False,
        "mandate_data": None,
        "payment_intent": None,
        "payment_method_options": None,
        "payment_method_preview": _shown(card),
        "return_url": None,
        "setup_future_usage": None,
        "setup_intent": None,
        "shipping": None,
        "use_stripe_sdk": True,
    }


def payment_intent(payment: Payment, application: str, now: int) -> dict[str, Any]:
    """Return one of the app's, without its charge: `latest_charge` is for the caller to fill in."""
    identifier, is_held = new_id("pi"), payment.status == "requires_capture"
    is_canceled = payment.status == "canceled"
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": payment.amount,
        "amount_capturable": payment.amount if is_held else 0,
        "amount_details": {"tip": {}},
        "amount_received": payment.captured_amount,
        "application": application or None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": now if is_canceled else None,
        "cancellation_reason": None,
        "capture_method": "manual" if is_held else "automatic_async",
        "client_secret": f"{identifier}_secret_{token(25)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": payment.currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": payment.metadata,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": payment.payment_method["id"],
        "payment_method_options": {"card": {"installments": None, "mandate_options": None}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": payment.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def charge(payment: Payment, intent: dict[str, Any]) -> dict[str, Any]:
    """Return the charge of a PaymentIntent: authorized, and captured once it has succeeded."""
    secure, eci = payment.three_d_secure, payment.electronic_commerce_indicator
    card = cards.of_charge(payment.payment_method["card"], payment.amount, secure, eci)
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.captured_amount,
        "amount_refunded": 0,
        "application": intent["application"],
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": _billing_details(),
        "calculated_statement_descriptor": None,
        "captured": payment.is_captured,
        "created": intent["created"],
        "currency": payment.currency,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": payment.metadata,
        "on_behalf_of": None,
        "outcome": _outcome(),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": payment.payment_method["id"],
        "payment_method_details": {"card": card, "type": "card"},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def _shown(card: Card) -> dict[str, Any]:
    """Return what a PaymentMethod and the preview of one have in common."""
    return {
        "allow_redisplay": "unspecified",
        "billing_details": _billing_details(),
        "card": cards.of_payment_method(card),
        "customer": None,
        "type": "card",
    }


def _billing_details() -> dict[str, Any]:
    return {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}


def _outcome() -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
