"""What follows a payment, as Stripe shows it: docs.stripe.com/api/refunds, …/disputes,
…/radar/early_fraud_warnings. Pure.
"""

from typing import Any

import stripe

from local.stand_in.ids import new_id

_EVIDENCE = tuple(stripe.Dispute.Evidence.__annotations__)
_ANSWER_WITHIN = 7 * 24 * 3600


def refund(charge: dict[str, Any], amount: int, status: str, now: int) -> dict[str, Any]:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }


def dispute(charge: dict[str, Any], reason: str, now: int, *, is_inquiry: bool) -> dict[str, Any]:
    """Return one that waits for the merchant's answer; an inquiry withdraws no money."""
    card = charge["payment_method_details"]["card"]
    waits = "warning_needs_response" if is_inquiry else "needs_response"
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + _ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": is_inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card["brand"],
                "network": card["network"],
                "case_type": "inquiry" if is_inquiry else "chargeback",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": waits,
    }


def fraud_warning(charge: dict[str, Any], now: int) -> dict[str, Any]:
    """Return the card network's early warning, which is no dispute yet."""
    return {
        "id": new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": now,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
