"""Judge what became of a decision: whether its payment was made as it was decided. Pure."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.results import PaymentResult

Shortfall = Literal[
    "captured_after_decline",
    "captured_in_review",
    "proof_missing",
    "exemption_not_applied",
    "amount_differs",
    "card_differs",
    "another_account",
    "refunded",
    "disputed",
]

MEANINGS: Mapping[Shortfall, str] = {
    "captured_after_decline": "it was decided, by a rule or in a review, not to make this payment",
    "captured_in_review": "it was captured before the review ended",
    "proof_missing": "the result of 3-D Secure is not among `captures`, or with a sufficient"
    " confirmation not among `captures_after_confirmation`",
    "exemption_not_applied": "an exemption was asked for and not applied, and nobody authenticated",
    "amount_differs": "another amount was captured than was decided",
    "card_differs": "Stripe knows otherwise what the decision relied on: see `payment.differs`",
    "another_account": "it was made on behalf of another account, or its money goes to one, whose"
    " country was not weighed",
    "refunded": "money was given back",
    "disputed": "the payer disputes it",
}
"""What each word means."""


class Judgment(Struct, frozen=True):
    """Whether a payment was made as decided, and what falls short; `None` before money was
    captured, since there is nothing to judge then.
    """

    fulfilled: bool | None
    reasons: tuple[Shortfall, ...] = ()

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        return {"fulfilled": self.fulfilled, "reasons": list(self.reasons)}


NOT_YET = Judgment(None)


def judge(record: DecisionRecord) -> Judgment:
    """Return the judgment of a decision by what is stored of its payment."""
    payment = record.results.payment
    if payment is None or not payment.is_captured:
        return NOT_YET
    order = record.order
    amounts = {payment.amount_received, payment.amount_captured}
    is_to_be_made = order.outcome in ("proceed", "step_up")
    found: dict[Shortfall, bool] = {
        "captured_after_decline": order.outcome == "decline",
        "captured_in_review": order.outcome == "review" or payment.captured_in_review,
        "proof_missing": is_to_be_made and _result(payment) not in _captures(record, payment),
        "exemption_not_applied": _misses_exemption(payment),
        "amount_differs": amounts != {order.amount},
        "card_differs": bool(payment.differs),
        "another_account": payment.is_of_another_account,
        "refunded": payment.amount_refunded > 0,
        "disputed": payment.disputed,
    }
    reasons = tuple(reason for reason, applies in found.items() if applies)
    return Judgment(not reasons, reasons)


def _captures(record: DecisionRecord, payment: PaymentResult) -> tuple[str, ...]:
    """Return the results of 3-D Secure with which this payment may be captured."""
    spc, order = record.results.spc, record.order
    is_confirmed = spc is not None and spc.suffices_for(payment.charged_at, payment.fingerprint)
    has_way = is_confirmed and "spc" in order.methods
    return order.captures_after_confirmation if has_way else order.captures


def _result(payment: PaymentResult) -> str:
    """Return the result of 3-D Secure; what Stripe does not name suffices nowhere."""
    proof = payment.three_d_secure
    return "none" if proof is None else proof.result or "unknown"


def _misses_exemption(payment: PaymentResult) -> bool:
    proof = payment.three_d_secure
    return proof is not None and proof.is_exemption_missed
