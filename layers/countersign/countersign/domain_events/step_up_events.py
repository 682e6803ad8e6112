"""What is told of step-up decisions, and when. Pure.

A decision tells what it came to when it is made or its review has ended, and what became of it
whenever that changes. A result that is read again and is the same tells nothing.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.domain_events.domain_event import DomainEvent
from countersign.formats.records import Item
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.judgment import judge

StepUpType = Literal["step_up.decided", "step_up.review_needed", "step_up.result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionResult:
    """What became of a decision: the payment, by Stripe's words, and the confirmation. Amounts are
    in Stripe's minor unit of the currency.
    """

    fulfilled: bool | None
    """Whether the payment was made as it was decided; null before money was captured."""
    reasons: tuple[str, ...]
    """What falls short, in the words of the decision's results."""
    payment_intent: str | None
    payment_status: str | None
    amount_captured: int
    amount_refunded: int
    disputed: bool
    ceremony_id: str | None
    ceremony_status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionState:
    """A step-up decision as it is now. The amount is in Stripe's minor unit of the currency."""

    account_id: str
    installation: str
    """The installation of the account that the decision was made for."""
    payer: str | None
    """The payer's handle at the merchant."""
    amount: int
    currency: str
    outcome: Literal["proceed", "step_up", "decline", "review"]
    next: str
    """What the merchant does next, in the word of the decision."""
    rule: str
    """The rule that decided."""
    reviewed: bool
    """Whether it waited for a review, which has ended."""
    usable_until: int
    """Until when a payment may begin on it, in Unix seconds."""
    result: DecisionResult | None


def decision_told(before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of a decision tells."""
    if after is None:
        return None
    was, now = DecisionRecord.from_item(before) if before else None, DecisionRecord.from_item(after)
    if was is None or (now.review is not None and was.review is None):
        return _decided(now)
    return _event("step_up.result", now, at) if _result(now) != _result(was) else None


def decision_present(item: Item) -> DomainEvent | None:
    """Return what is so of a decision now."""
    now = DecisionRecord.from_item(item)
    if _result(now) is None:
        return _decided(now)
    return _event("step_up.result", now, now.results_at or now.created)


def _decided(now: DecisionRecord) -> DomainEvent:
    if now.review is not None:
        return _event("step_up.decided", now, now.review.ended_at)
    waits = now.order.outcome == "review"
    return _event("step_up.review_needed" if waits else "step_up.decided", now, now.created)


def _result(record: DecisionRecord) -> DecisionResult | None:
    payment, spc, found = record.results.payment, record.results.spc, judge(record)
    if payment is None and spc is None:
        return None
    return DecisionResult(
        fulfilled=found.fulfilled,
        reasons=found.reasons,
        payment_intent=payment.payment_intent if payment else None,
        payment_status=payment.status if payment else None,
        amount_captured=payment.amount_captured if payment else 0,
        amount_refunded=payment.amount_refunded if payment else 0,
        disputed=payment.disputed if payment else False,
        ceremony_id=spc.ceremony_id if spc else None,
        ceremony_status=spc.status if spc else None,
    )


def _event(type_: StepUpType, now: DecisionRecord, at: int) -> DomainEvent:
    state = DecisionState(
        account_id=now.order.account_id,
        installation=now.order.installation,
        payer=now.order.payer,
        amount=now.order.amount,
        currency=now.order.currency,
        outcome=now.order.outcome,
        next=now.order.next,
        rule=now.order.rule,
        reviewed=now.review is not None,
        usable_until=now.ends_at,
        result=_result(now),
    )
    return DomainEvent(type_, now.id, now.rev, at, state)
