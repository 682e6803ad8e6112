"""The requests to Stripe that a payment makes, and their idempotency keys. Pure.

Nothing here lets a charge differ from what was decided: cards only, one amount, captured by hand
and confirmed by us alone (https://docs.stripe.com/api/payment_intents/create).
"""

import hashlib
import json
from typing import Any

from countersign.payments.attempt import SettleKind
from countersign.payments.metadata import PAYMENT
from countersign.payments.named_card import NamedCard
from countersign.payments.payment_record import PaymentRecord
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import METADATA

_CANCELS = {"merchant": "requested_by_customer", "replaced": "duplicate"}
"""Stripe's own reasons for a cancellation, by ours: the rest is `abandoned`."""


def create_params(record: PaymentRecord) -> dict[str, Any]:
    """Return the request that creates the PaymentIntent, not confirmed."""
    order = record.order
    optional = {
        "customer": order.customer,
        "application_fee_amount": order.application_fee_amount,
        "description": order.description,
    }
    return {
        "amount": order.amount,
        "currency": order.currency,
        "allowed_payment_method_types": ["card"],
        "capture_method": "manual",
        "confirmation_method": "manual",
        "metadata": {**order.metadata, **marks(record)},
        **{name: value for name, value in optional.items() if value is not None},
    }


def marks(record: PaymentRecord) -> dict[str, str]:
    """Return our members of the PaymentIntent's metadata, with the present decision."""
    return {PAYMENT: record.id, METADATA: record.decision or ""}


def confirm_params(record: PaymentRecord, card: NamedCard, decided: DecidedOrder) -> dict[str, Any]:
    """Return the request that confirms a card, with what is asked of 3-D Secure for it."""
    is_confirmed = record.proof == "spc"
    asked = decided.after_confirmation if is_confirmed else decided.request_three_d_secure
    return {
        **card.param,
        # The merchant may have changed it since it was made: with automatic capture the money
        # would be taken before it is judged.
        "capture_method": "manual",
        "payment_method_options": {"card": {"request_three_d_secure": asked}},
        "use_stripe_sdk": True,
    }


def resume_params() -> dict[str, Any]:
    """Return the request that confirms to the end what the payer has authenticated."""
    return {"use_stripe_sdk": True}


def settle_params(kind: SettleKind, record: PaymentRecord, reason: str) -> dict[str, Any]:
    """Return the request that captures the decided amount, or cancels."""
    if kind == "capture":
        return {"amount_to_capture": record.order.amount}
    return {"cancellation_reason": _CANCELS.get(reason, "abandoned")}


def stripe_key(deployment: str, record: PaymentRecord, call: str) -> str:
    """Return the idempotency key of a call: the same for everyone who makes it. The account is in
    it, since Stripe does not say whether keys of two connected accounts are apart.
    """
    parts = [deployment, record.order.account_id, record.id, call]
    return f"countersign-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def ending_key(deployment: str, record: PaymentRecord, call: str, since: int, now: int) -> str:
    """Return the idempotency key of a call that ends a PaymentIntent, which can be done once,
    whatever the key. Stripe saves a failure of its own with the key for a day: with each hour
    `since` the call was first due (both times in Unix seconds) it is another one.
    """
    return stripe_key(deployment, record, f"{call} {(now - since) // 3600}")
