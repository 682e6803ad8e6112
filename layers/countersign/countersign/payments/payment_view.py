"""A payment as its merchant sees it. Pure."""

from typing import Any

from countersign.payments.liability import liability_of
from countersign.payments.payment_record import PaymentRecord


def view(record: PaymentRecord) -> dict[str, Any]:
    """Return what the merchant's server sees of a payment: no secret, no request to Stripe."""
    order, money, attempt = record.order, record.money, record.attempt
    declined = attempt is not None and attempt.is_declined
    return {
        "id": record.id,
        "status": record.status,
        "next": record.shown_next,
        "reason": record.reason,
        "account_id": order.account_id,
        "reference": order.reference,
        "amount": order.amount,
        "currency": order.currency,
        "payer": order.payer,
        "customer": order.customer,
        "application_fee_amount": order.application_fee_amount,
        "description": order.description,
        "metadata": dict(order.metadata),
        "decision": record.decision,
        "proof": record.proof,
        "ceremony_id": record.ceremony,
        "payment_intent": record.payment_intent,
        "last_error": (
            {"code": attempt.code, "decline_code": attempt.decline_code}
            if attempt is not None and declined and record.status != "succeeded"
            else None
        ),
        "amount_captured": money.captured,
        "amount_refunded": money.refunded,
        "disputed": money.disputed,
        "three_d_secure": money.three_d_secure,
        "liability": liability_of(record),
        "unproven": record.unproven,
        "created": record.created,
        "ended_at": record.ended_at,
        "expires_at": record.expires_at,
        "steps": [
            {"at": step.at, "did": step.did, "status": step.status, **step.facts}
            for step in record.steps
        ],
    }
