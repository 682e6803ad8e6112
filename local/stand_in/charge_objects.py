"""Charges as Stripe shows them: docs.stripe.com/api/charges. Pure."""

from dataclasses import dataclass
from typing import Any

from local.stand_in import cards
from local.stand_in.cards import ThreeDSecure
from local.stand_in.ids import new_id
from local.stand_in.issuers import Refusal, Risk
from local.stand_in.payment_objects import billing_details

_SCORES: dict[Risk, int] = {"normal": 12, "elevated": 65, "highest": 78}


@dataclass(frozen=True)
class Response:
    """What a charge is answered with: why it was refused, or until when it can be captured (Unix
    seconds), and how risky Stripe finds it.
    """

    refusal: Refusal | None = None
    capture_before: int | None = None
    risk: Risk = "normal"


def charge(
    intent: dict[str, Any],
    payment_method: dict[str, Any],
    three_d_secure: ThreeDSecure | None,
    eci: str | None,
    response: Response,
    now: int,
) -> dict[str, Any]:
    """Return the charge of a PaymentIntent: refused, or authorized, and captured unless that is by
    hand.
    """
    amount, refusal = intent["amount"], response.refusal
    is_captured = intent["capture_method"] != "manual" and refusal is None
    network = intent["payment_method_options"]["card"]["network"]
    card = cards.of_charge(payment_method["card"], amount, three_d_secure, eci, network)
    if response.capture_before is not None:
        card["capture_before"] = response.capture_before
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if is_captured else 0,
        "amount_refunded": 0,
        "application": intent["application"],
        "application_fee": None,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": billing_details(),
        "calculated_statement_descriptor": None,
        "captured": is_captured,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": refusal.code if refusal else None,
        "failure_message": refusal.message if refusal else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": intent["on_behalf_of"],
        "outcome": _outcome(response),
        "paid": refusal is None,
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
        "status": "failed" if refusal else "succeeded",
        "transfer_data": intent["transfer_data"],
        "transfer_group": None,
    }


def _outcome(response: Response) -> dict[str, Any]:
    refusal = response.refusal
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if refusal else "approved_by_network",
        "reason": refusal.decline_code if refusal else None,
        "risk_level": response.risk,
        "risk_score": _SCORES[response.risk],
        "seller_message": _seller_message(response),
        "type": "issuer_declined" if refusal else "authorized",
    }


def _seller_message(response: Response) -> str:
    if response.refusal is None:
        return "Payment complete."
    return "The bank did not return any further details with this decline."
