"""The words for where a payment is, and for what proves it. Pure."""

from typing import Literal

from countersign.step_up.policy import NextStep

Status = Literal[
    "requires_card",
    "in_review",
    "requires_step_up",
    "ready",
    "requires_action",
    "processing",
    "succeeded",
    "canceled",
    "failed",
    "unreachable",
]
Proof = Literal["wallet", "spc", "3ds", "none"]
"""What is to prove that the cardholder pays: Stripe's reading of a device token, a confirmation to
us, 3-D Secure, or nothing, where the decision asks for nothing.
"""
Next = NextStep | Literal["act", "again"]
"""What the merchant's page does next: a decision's word, `act` on what Stripe asks of the payer, or
name a card `again`.
"""
Liability = Literal["issuer", "merchant", "unknown"]

ENDED: frozenset[Status] = frozenset(("succeeded", "canceled", "failed"))
"""No more money moves by us. What the merchant or the issuer does afterwards is recorded."""
BEFORE_CARD: frozenset[Status] = frozenset(
    ("requires_card", "in_review", "requires_step_up", "ready")
)
"""The merchant may name a card; nothing runs at Stripe."""
OPEN: frozenset[Status] = BEFORE_CARD | {"requires_action", "processing", "unreachable"}
"""A payment of its reference is under way: there is no second one."""
NEXT_OF: dict[NextStep, Status] = {
    "pay": "ready",
    "authenticate": "ready",
    "confirm": "requires_step_up",
    "another_card": "requires_card",
    "wait_for_review": "in_review",
    "stop": "failed",
}
"""What a payment becomes by the `next` of the decision on its card."""
