"""What is told of payments: each end once, and the money when somebody else moves it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.domain_events.domain_event import DomainEvent, detail_of
from countersign.domain_events.payment_events import PaymentState
from countersign.payments import store
from countersign.payments.attempt import Money
from countersign.payments.intent_marks import wake
from countersign.payments.machine import MOVES, move
from countersign.payments.payment_record import PaymentRecord
from tests.support.clock import Clock
from tests.support.listener import Listener
from tests.support.payment_objects import ORDER
from tests.support.quick_dynamodb import QuickDynamoDB

PAID = Money(captured=1099, charge="ch_1", three_d_secure="authenticated")
REFUNDED = replace(PAID, refunded=99)
DISPUTED = replace(PAID, disputed=True)
MONEY = [PAID, REFUNDED, DISPUTED, replace(REFUNDED, disputed=True), replace(PAID, refunded=1099)]
PRIVATE = {"description": "for Mrs Smith", "metadata": {"mail": "smith@example.com"}}


class Payment:
    """One payment, its writes, and what they tell."""

    def __init__(self, status: Any = "requires_card") -> None:
        self.clock = Clock()
        dynamodb: Any = QuickDynamoDB()
        self.table = Table("quick", dynamodb)
        self.listener = Listener("payments", dynamodb, self.clock)
        order = replace(ORDER, **PRIVATE)
        new = PaymentRecord.new(order, self.clock())
        record = move(new, "create", status, self.clock())
        self.id = record.id
        assert store.create(self.table, record) is None

    @property
    def now(self) -> PaymentRecord:
        found = store.load(self.table, self.id)
        assert found is not None
        return found

    def does(self, name: Any, to: Any, **members: Any) -> None:
        """A move, if the machine allows it in the present state."""
        before = self.now
        if before.status in MOVES[name].begins and to in MOVES[name].ends:
            self.clock.advance(1)
            store.save(self.table, before, move(before, name, to, self.clock(), **members))

    def types(self) -> list[str]:
        return self.listener.types(self.id)

    def last(self) -> DomainEvent:
        found = self.listener.last(self.id)
        assert found is not None
        return found

    def present(self) -> DomainEvent:
        return self.listener.present()[self.id]


STEPS = st.one_of(
    st.sampled_from(
        [
            ("name_card", "ready", {}),
            ("name_card", "failed", {}),
            ("claim_creation", "processing", {}),
            ("store_intent", "ready", {"payment_intent": "pi_1"}),
            ("require_action", "requires_action", {}),
            ("decline", "ready", {}),
            ("finish", "succeeded", {"money": PAID}),
            ("finish", "succeeded", {"money": PAID, "unproven": True}),
            ("finish", "canceled", {"reason": "abandoned"}),
            ("cancel_at_once", "canceled", {"reason": "merchant"}),
            ("lose_account", "unreachable", {}),
            ("find_account", "processing", {}),
        ]
    ),
    st.tuples(
        st.just("record"),
        st.sampled_from(["succeeded", "canceled", "processing"]),
        st.fixed_dictionaries({"money": st.sampled_from(MONEY)}),
    ),
)


@given(st.lists(STEPS, max_size=14))
def test_every_history_ends_with_the_true_state_told(history: list[tuple[str, str, Any]]) -> None:
    """And no payment tells two ends, or the same twice in a row."""
    payment = Payment()
    for name, to, members in history:
        if name != "record" or payment.now.status == to:
            payment.does(name, to, **members)
    now, told = payment.now, [event.type for event in payment.listener.of[payment.id]]
    assert told[0] in ("payment.created", "payment.failed")
    ends = [
        kind
        for kind in told
        if kind in ("payment.succeeded", "payment.failed", "payment.canceled", "payment.unproven")
    ]
    assert len(ends) == (1 if now.has_ended else 0)
    assert all(
        first.type != second.type or first.data != second.data
        for first, second in pairwise(payment.listener.of[payment.id])
    )
    present = payment.present().data
    assert isinstance(present, PaymentState)
    assert present.status == now.status
    if now.has_ended:
        last = payment.last().data
        assert isinstance(last, PaymentState)
        assert (last.status, last.amount_refunded) == (now.status, now.money.refunded)


def test_a_payment_with_a_challenge_tells_its_beginning_the_action_and_its_end() -> None:
    payment = Payment()
    payment.does("name_card", "ready")
    payment.does("claim_creation", "processing")
    payment.does("store_intent", "ready", payment_intent="pi_1")
    payment.does("claim_attempt", "processing")
    payment.does("require_action", "requires_action")
    payment.does("claim_resumption", "processing")
    payment.does("finish", "succeeded", money=PAID)
    assert payment.types() == ["created", "requires_action", "succeeded"]
    payment.does("record", "succeeded", money=REFUNDED)
    payment.does("record", "succeeded", money=replace(REFUNDED, disputed=True))
    payment.does("record", "succeeded", money=replace(REFUNDED, disputed=True, eci="05"))
    assert payment.types()[3:] == ["refunded", "disputed"]


def test_a_refund_that_failed_is_told_with_what_is_left_of_it() -> None:
    payment = Payment("ready")
    payment.does("finish", "succeeded", money=REFUNDED)
    payment.does("record", "succeeded", money=PAID)
    assert payment.types() == ["created", "succeeded", "refunded"]
    data = payment.last().data
    assert isinstance(data, PaymentState)
    assert data.amount_refunded == 0


@pytest.mark.parametrize("at_end", [True, False])
def test_money_that_somebody_else_captured_is_told_as_unproven_alone(at_end: bool) -> None:
    payment = Payment("ready")
    if at_end:
        payment.does("finish", "succeeded", money=PAID, unproven=True)
        assert payment.types() == ["created", "unproven"]
    else:
        payment.does("cancel_at_once", "canceled", reason="expired")
        payment.does("record", "canceled", money=PAID, unproven=True)
        assert payment.types() == ["created", "canceled", "unproven"]
    assert payment.present().type == "payment.unproven"


def test_a_payment_that_may_not_be_paid_has_failed_at_once() -> None:
    payment = Payment("failed")
    assert payment.types() == ["failed"]
    assert payment.present().type == "payment.failed"


@pytest.mark.parametrize("status", ["requires_action", "unreachable", "processing"])
def test_an_open_payment_tells_where_it_waits(status: Any) -> None:
    payment = Payment("ready")
    payment.does("claim_creation", "processing")
    names: dict[str, Any] = {"requires_action": "require_action", "unreachable": "lose_account"}
    if status in names:
        payment.does(names[status], status)
    wanted = status if status in names else "created"
    assert payment.present().type == f"payment.{wanted}"


def test_a_look_at_a_payment_and_an_event_that_wakes_it_tell_nothing() -> None:
    payment = Payment("ready")
    payment.does("store_intent", "ready")
    before = payment.types()
    payment.table.update(payment.now.pk, "SET due_at = :at", "attribute_exists(pk)", {":at": 1})
    wake(payment.table, ORDER.account_id, "pi_1", 2, after_end=True)
    assert payment.types() == before


def test_what_a_merchant_says_of_a_payer_is_not_told() -> None:
    payment = Payment("ready")
    payment.does("finish", "succeeded", money=PAID)
    for event in payment.listener.of[payment.id]:
        detail = detail_of(
            event,
            version=1,
            deployment="d",
            livemode=False,
            epoch=0,
            published_at=1,
            replayed=False,
        )
        assert "smith" not in str(detail).lower()
        assert detail["data"]["reference"] == ORDER.reference
