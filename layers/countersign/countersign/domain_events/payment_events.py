"""What is told of payments, and when. Pure.

The steps between tell nothing: a card that is named, a decision, a confirmation, a declined attempt
after which another can follow, and the call to Stripe that runs. A payment is always told as ended
where it has, whatever else that write says.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.domain_events.domain_event import DomainEvent
from countersign.formats.records import Item
from countersign.payments.liability import liability_of
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import Liability, Proof, Status

PaymentType = Literal[
    "payment.created",
    "payment.requires_action",
    "payment.succeeded",
    "payment.failed",
    "payment.canceled",
    "payment.unproven",
    "payment.refunded",
    "payment.disputed",
    "payment.unreachable",
]
_REACHED: dict[Status, PaymentType] = {
    "requires_action": "payment.requires_action",
    "succeeded": "payment.succeeded",
    "failed": "payment.failed",
    "canceled": "payment.canceled",
    "unreachable": "payment.unreachable",
}
"""The statuses that tell something when a payment reaches them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentState:
    """A payment as it is now. Amounts are in Stripe's minor unit of the currency."""

    account_id: str
    installation: str
    """The installation of the account that the payment belongs to."""
    reference: str
    """The merchant's own name of the order."""
    payer: str | None
    """The payer's handle at the merchant."""
    amount: int
    currency: str
    status: Status
    reason: str | None
    """Why it was canceled or has failed."""
    decision: str | None
    """The decision on the card that was named last."""
    proof: Proof | None
    """What was to prove that the cardholder pays; null before a card was decided on."""
    payment_intent: str | None
    """The PaymentIntent on the merchant's account."""
    amount_captured: int
    amount_refunded: int
    disputed: bool
    liability: Liability
    """Who bears a fraud dispute, as far as the result of 3-D Secure tells."""
    unproven: bool
    """Whether somebody else captured it, without the proof that was asked for."""


def payment_told(before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of a payment tells."""
    if after is None:
        return None
    was, now = PaymentRecord.from_item(before) if before else None, PaymentRecord.from_item(after)
    type_ = _told_type(was, now)
    return _event(type_, now, _last_step(now, at)) if type_ else None


def payment_present(item: Item) -> DomainEvent | None:
    """Return what is so of a payment now."""
    now = PaymentRecord.from_item(item)
    type_ = _money_type(now) or _REACHED.get(now.status, "payment.created")
    is_begun = type_ == "payment.created"
    return _event(type_, now, now.created if is_begun else _last_step(now, now.created))


def _told_type(was: PaymentRecord | None, now: PaymentRecord) -> PaymentType | None:
    is_captured_by_others = now.unproven and not (was and was.unproven)
    if is_captured_by_others:
        return "payment.unproven"
    if was is None:
        return _REACHED.get(now.status, "payment.created")
    if was.status != now.status:
        return _REACHED.get(now.status)
    if now.money.disputed and not was.money.disputed:
        return "payment.disputed"
    return "payment.refunded" if now.money.refunded != was.money.refunded else None


def _money_type(now: PaymentRecord) -> PaymentType | None:
    """Return what has become of the money since it was captured, if anything."""
    if now.money.disputed:
        return "payment.disputed"
    if now.money.refunded:
        return "payment.refunded"
    return "payment.unproven" if now.unproven else None


def _last_step(now: PaymentRecord, otherwise: int) -> int:
    return now.steps[-1].at if now.steps else otherwise


def _event(type_: PaymentType, now: PaymentRecord, at: int) -> DomainEvent:
    order, money = now.order, now.money
    state = PaymentState(
        account_id=order.account_id,
        installation=order.installation,
        reference=order.reference,
        payer=order.payer,
        amount=order.amount,
        currency=order.currency,
        status=now.status,
        reason=now.reason,
        decision=now.decision,
        proof=now.proof,
        payment_intent=now.payment_intent,
        amount_captured=money.captured,
        amount_refunded=money.refunded,
        disputed=money.disputed,
        liability=liability_of(now),
        unproven=now.unproven,
    )
    return DomainEvent(type_, now.id, now.rev, at, state)
