"""A later decision on the same card requires all that the earlier one did."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.not_lower import not_lower
from countersign.step_up.policy import Decision, Payer, decide
from countersign.step_up.rules import RuleBook
from countersign.step_up.rules.payment import Payment
from countersign.step_up.strictness import is_as_strict
from countersign.step_up.three_d_secure import Terms
from tests.domain.step_up.test_decision_record import ORDER
from tests.support.step_up_rules import books, payers, payments


def decided(found: Decision) -> DecidedOrder:
    return replace(
        ORDER,
        outcome=found.outcome,
        next=found.next,
        reasons=found.reasons,
        rule=found.rule,
        methods=found.methods,
        request_three_d_secure=found.terms.request_three_d_secure,
        after_confirmation=found.terms.after_confirmation,
        captures=found.terms.captures,
        captures_after_confirmation=found.terms.captures_after_confirmation,
    )


def decision_in(order: DecidedOrder) -> Decision:
    terms = Terms(
        order.request_three_d_secure,
        order.after_confirmation,
        order.captures,
        order.captures_after_confirmation,
    )
    return Decision(order.outcome, order.reasons, order.rule, order.methods, terms)


decisions = st.builds(decide, books, payments, payers)


@given(decisions, decisions)
def test_it_is_never_lower_than_before(found: Decision, before: Decision) -> None:
    kept = not_lower(decided(found), decided(before))
    assert is_as_strict(decision_in(kept), before)
    assert is_as_strict(decision_in(kept), found)


@given(decisions, decisions)
def test_what_is_next_follows_from_what_is_left(found: Decision, before: Decision) -> None:
    kept = not_lower(decided(found), decided(before))
    assert kept.next == decision_in(kept).next


@given(decisions, decisions)
def test_every_decision_that_changed_says_why(found: Decision, before: Decision) -> None:
    new, old = decided(found), decided(before)
    kept = not_lower(new, old)
    if kept != new:
        assert kept.reasons == (*new.reasons, "decided_before")


@given(decisions)
def test_the_same_decision_stays_as_it_is(found: Decision) -> None:
    assert not_lower(decided(found), decided(found)) == decided(found)


@given(books, payments, st.lists(payers, min_size=1, max_size=4))
def test_a_chain_of_decisions_only_rises(
    book: RuleBook, payment: Payment, tried: list[Payer]
) -> None:
    order = decided(decide(book, payment))
    for payer in tried:
        later = not_lower(decided(decide(book, payment, payer)), order)
        assert is_as_strict(decision_in(later), decision_in(order))
        order = later
