"""Charges as Stripe shows them: docs.stripe.com/api/charges. Pure."""

from typing import Any

from local.stand_in import cards
from local.stand_in.cards import ThreeDSecure
from local.stand_in.ids import new_id
from local.stand_in.payment_objects import billing_details


def charge(
    intent: dict[str, Any],
    payment_method: dict[str, Any],
    three_d_secure: ThreeDSecure | None,
    eci: str | None,
    now: int,
) -> dict[str, Any]:
    """Return the charge of a PaymentIntent: authorized, and captured unless that is by hand."""
    is_captured, amount = intent["capture_method"] != "manual", intent["amount"]
    card = cards.of_charge(payment_method["card"], amount, three_d_secure, eci)
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if is_captured else 0,
        "amount_refunded": 0,
        "application": intent["application"],
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": billing_details(),
        "calculated_statement_descriptor": None,
        "captured": is_captured,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": intent["on_behalf_of"],
        "outcome": _outcome(),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": payment_method["id"],
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
        "transfer_data": intent["transfer_data"],
        "transfer_group": None,
    }


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
