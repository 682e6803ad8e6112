"""What is told of step-up decisions: what was decided, and what became of it."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.aws.changes import ConditionFailed, TransactionRefused
from countersign.aws.table import Table
from countersign.domain_events.domain_event import DomainEvent
from countersign.domain_events.step_up_events import DecisionState
from countersign.step_up import store
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.judgment import judge
from countersign.step_up.results import ConfirmationResult, PaymentResult, Results
from countersign.step_up.review import Review
from countersign.step_up.stripe_card import ThreeDSecureResult
from tests.domain.step_up.test_decision_record import ORDER
from tests.support.clock import Clock
from tests.support.listener import Listener
from tests.support.quick_dynamodb import QuickDynamoDB

WAITING = replace(ORDER, outcome="review", next="wait_for_review")
UNPAID = PaymentResult("pi_1", "requires_payment_method")
PAID = replace(
    UNPAID,
    status="succeeded",
    progress=2,
    charged_at=7,
    amount_received=1099,
    amount_captured=1099,
    three_d_secure=ThreeDSecureResult("authenticated"),
)
PAYMENTS = [
    UNPAID,
    replace(UNPAID, last_error="card_declined"),
    replace(UNPAID, status="requires_capture", progress=1),
    PAID,
    replace(PAID, amount_refunded=99),
    replace(PAID, amount_refunded=99, disputed=True),
    replace(PAID, payment_intent="pi_2"),
]
CONFIRMED = ConfirmationResult("c", "authenticated", "trusted", False, 5)
CONFIRMATIONS = [
    CONFIRMED,
    replace(CONFIRMED, ceremony_id="d"),
    ConfirmationResult("c", "failed", None, None, None),
]
FOUND = [*(Results(payment=each) for each in PAYMENTS), *(Results(spc=each) for each in CONFIRMATIONS)]  # fmt: skip


class Decision:
    """One decision, its writes, and what they tell."""

    def __init__(self, order: Any = ORDER) -> None:
        self.clock = Clock()
        dynamodb: Any = QuickDynamoDB()
        self.table = Table("quick", dynamodb)
        self.listener = Listener("step_up", dynamodb, self.clock)
        record = DecisionRecord.new(order, self.clock())
        self.id = record.id
        self.table.transact([store.decision_change(record)])

    @property
    def now(self) -> DecisionRecord:
        found = store.load(self.table, self.id)
        assert found is not None
        return found

    def found(self, results: Results) -> None:
        try:
            self.table.transact([store.results_change(self.now, results, self.clock())])
        except TransactionRefused:
            return

    def reviewed(self, outcome: Any) -> None:
        review = Review(outcome, self.clock(), "f" * 32)
        order = replace(self.now.order, outcome=outcome, next="pay")
        try:
            store.store_review(self.table, self.now.reviewed(order, review))
        except ConditionFailed:
            return

    def later(self, seconds: int) -> None:
        self.clock.advance(seconds)

    def types(self) -> list[str]:
        return self.listener.types(self.id)

    def last(self) -> DomainEvent:
        found = self.listener.last(self.id)
        assert found is not None
        return found


CALLS = st.one_of(
    st.tuples(st.just("found"), st.sampled_from(FOUND)),
    st.tuples(st.just("reviewed"), st.sampled_from(["proceed", "step_up", "decline"])),
    st.tuples(st.just("later"), st.integers(0, 4000)),
)


@given(st.sampled_from([ORDER, WAITING]), st.lists(CALLS, max_size=12))
def test_every_history_ends_with_the_true_state_told(
    order: Any, history: list[tuple[str, Any]]
) -> None:
    """And each state once: no two events in a row say the same."""
    decision = Decision(order)
    for name, argument in history:
        getattr(decision, name)(argument)
    now, data = decision.now, decision.last().data
    assert isinstance(data, DecisionState)
    assert decision.listener.present()[decision.id].data == data
    assert (data.outcome, data.reviewed) == (now.order.outcome, now.review is not None)
    payment, spc, result = now.results.payment, now.results.spc, data.result
    assert (result is None) is (payment is None and spc is None)
    if result is not None:
        assert result.payment_intent == (payment and payment.payment_intent)
        assert result.payment_status == (payment and payment.status)
        assert result.amount_refunded == (payment.amount_refunded if payment else 0)
        assert result.ceremony_id == (spc and spc.ceremony_id)
        assert (result.fulfilled, result.reasons) == (judge(now).fulfilled, judge(now).reasons)
    for before, after in pairwise(decision.listener.of[decision.id]):
        assert before.data != after.data


def test_a_decision_is_told_when_it_is_made() -> None:
    decision = Decision()
    assert decision.types() == ["decided"]
    assert decision.last().occurred_at == decision.now.created
    assert decision.listener.present()[decision.id] == decision.last()


def test_a_decision_that_waits_for_a_review_is_told_and_its_end_once() -> None:
    decision = Decision(WAITING)
    decision.later(60)
    decision.reviewed("proceed")
    decision.reviewed("decline")
    assert decision.types() == ["review_needed", "decided"]
    assert decision.last().occurred_at == decision.clock()
    assert decision.listener.present()[decision.id] == decision.last()


def test_a_result_that_is_read_again_tells_nothing_but_counts() -> None:
    decision = Decision()
    decision.found(Results(payment=PAID))
    before = decision.now
    decision.later(60)
    assert decision.listener.heard(decision.found, Results(payment=PAID)) == []
    assert (decision.now.rev, decision.now.results) == (before.rev + 1, before.results)
    assert decision.types() == ["decided", "result"]


def test_a_failed_attempt_changes_no_result_that_is_told() -> None:
    decision = Decision()
    decision.found(Results(payment=UNPAID))
    declined = Results(payment=replace(UNPAID, last_error="card_declined"))
    assert decision.listener.heard(decision.found, declined) == []


def test_each_result_is_told_with_its_judgment() -> None:
    decision = Decision()
    for found in (Results(spc=CONFIRMED), Results(payment=PAID), Results(payment=PAYMENTS[5])):
        decision.found(found)
    assert decision.types() == ["decided", "result", "result", "result"]
    judged = [event.data.result for event in decision.listener.events[1:]]  # type: ignore[attr-defined]
    assert [each.fulfilled for each in judged] == [None, True, False]
    assert judged[-1].reasons == ("refunded", "disputed")


def test_payers_and_used_tokens_of_the_table_tell_nothing() -> None:
    decision = Decision()
    other = [store.payer_change("acct_1", "first", "handle", 1), store.resource_change("pi_1", decision.id, 1)]  # fmt: skip
    assert decision.listener.heard(decision.table.transact, other) == []
