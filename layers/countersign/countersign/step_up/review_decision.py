"""End the review of a decision: once, and never under the floor."""

from msgspec.structs import replace

from countersign.aws.changes import ConditionFailed
from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.step_up import store
from countersign.step_up.context import Contexts
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.payer_ability import ability_to_confirm, known_payer
from countersign.step_up.policy import NOBODY, Payer, apply_rule
from countersign.step_up.refusals import decision_not_in_review, review_below_floor, review_ended
from countersign.step_up.review import Review
from countersign.step_up.rules import Rule, RuleBook


def review_decision(
    contexts: Contexts,
    book: RuleBook,
    installation: Installation,
    record: DecisionRecord,
    review: Review,
) -> DecisionRecord:
    """Return the decision with what its review came to, from which its outcome, its next step and
    its end follow. The same outcome again returns it as it is stored; of two at once the first
    counts. Leaves an audit record in the log, with the reviewer's pseudonym.

    Raises 409 `decision_not_in_review`, `review_ended` for another outcome than the stored one, and
    `review_below_floor` for what no review can allow.
    """
    if record.review is not None:
        return _as_it_ended(record, review)
    if record.order.outcome != "review":
        raise decision_not_in_review()
    able = _ability(contexts, installation, record.order)
    reviewed = record.reviewed(_apply(book, record.order, review, able), review)
    try:
        stored = store.store_review(contexts.step_up.table, reviewed)
    except ConditionFailed as failed:
        if failed.item is None:
            raise decision_not_in_review() from None
        return _as_it_ended(DecisionRecord.from_item(failed.item), review)
    logger.info(
        "a review was ended",
        extra={
            "decision": record.id,
            "account": record.order.account_id,
            "reviewer": review.by,
            "said": review.outcome,
            "outcome": stored.order.outcome,
            "ended_at": review.ended_at,
        },
    )
    return stored


def _as_it_ended(record: DecisionRecord, again: Review) -> DecisionRecord:
    if record.review is None or record.review.outcome != again.outcome:
        raise review_ended()
    return record


def _ability(contexts: Contexts, installation: Installation, order: DecidedOrder) -> Payer:
    """Return what the payer can do by now; nothing where they have left the merchant meanwhile."""
    payer = known_payer(contexts.spc, installation, order.payer) if order.payer else None
    if payer is None:
        return NOBODY
    fingerprint = order.card.fingerprint if order.card else None
    return ability_to_confirm(contexts.spc, installation, payer, fingerprint)


def _apply(book: RuleBook, order: DecidedOrder, review: Review, able: Payer) -> DecidedOrder:
    """Return the order as a rule with the review's outcome would have it decided, within the floor.
    A payment without its payer can neither be stepped up nor, without a saving, proceed.
    """
    decision = apply_rule(Rule("review", review.outcome), book.default, order.inputs, able)
    if decision.outcome == "review":
        raise review_below_floor()
    _, *about = decision.reasons
    return replace(
        order,
        outcome=decision.outcome,
        next=decision.next,
        reasons=tuple(dict.fromkeys([*order.reasons, "reviewed", *about])),
        methods=decision.methods,
        request_three_d_secure=decision.terms.request_three_d_secure,
        after_confirmation=decision.terms.after_confirmation,
        captures=decision.terms.captures,
        captures_after_confirmation=decision.terms.captures_after_confirmation,
    )
