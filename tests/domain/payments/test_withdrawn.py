"""A merchant who takes a permission from the app while a hold is open: it is canceled in time, by
what is still permitted, and no payment is left without an end.
"""

import pytest

from countersign.http import deadline
from countersign.payments.due import ACTS_WITHIN
from countersign.payments.judge import BEFORE_END, HOLD
from countersign.payments.lost_account import LONGEST_HOLD
from countersign.payments.payment_record import PaymentRecord
from countersign.problems import Problem
from countersign.step_up.store import load as load_decision
from tests.domain.payments.conftest import MakeWorld
from tests.support.crashes import FuseAt, Killed
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld

HOUR, DAY = 3600, 24 * 3600
CHARGE, REVIEW = "charge_read", "review_read"
READ, WRITE = "payment_intent_read", "payment_intent_write"


def named(permissions: set[str]) -> str:
    return "+".join(sorted(permissions))


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


def held(world: PaymentWorld, *, reviewed: bool = False) -> str:
    """A payment that is authorized, and whose process died then; perhaps Stripe reviews it."""
    payment = world.create(card=world.card(PlayedCard())).record.id
    with pytest.raises(Killed):
        world.confirm(payment, contexts=world.dying(FuseAt("after stripe.confirm")))
    if reviewed:
        world.stripe.review(str(world.record(payment).payment_intent), is_open=True)
    return payment


def status_at_stripe(world: PaymentWorld, payment: str) -> str:
    return str(world.stripe.intents[str(world.record(payment).payment_intent)]["status"])


def swept(world: PaymentWorld, payment: str, seconds: int) -> PaymentRecord:
    """The payment once so much time has passed, swept forty times meanwhile, or each hour, and since."""
    until, step = world.clock() + seconds, max(HOUR, seconds // 40)
    while (left := until - world.clock()) > 0:
        deadline.start(60)
        world.sweep()
        world.wait(min(left, step))
    deadline.start(60)
    world.wait(901)
    world.sweep()
    return world.record(payment)


@pytest.mark.parametrize("permissions", [{CHARGE}, {CHARGE, REVIEW}, {READ}], ids=named)
def test_a_hold_that_cannot_be_read_is_canceled_an_hour_before_its_end(
    world: PaymentWorld, permissions: set[str]
) -> None:
    payment = held(world)
    world.stripe.withdrawn = permissions
    waits = swept(world, payment, HOLD - BEFORE_END - 2 * HOUR)
    assert (waits.status, waits.settle) == ("processing", None)
    ended = swept(world, payment, 2 * HOUR)
    assert (ended.status, ended.reason) == ("canceled", "hold_over")
    assert status_at_stripe(world, payment) == "canceled"


@pytest.mark.parametrize("permissions", [{CHARGE}, {REVIEW}, {READ}], ids=named)
def test_what_was_noted_of_a_hold_counts_once_it_cannot_be_read(
    world: PaymentWorld, permissions: set[str]
) -> None:
    payment = held(world, reviewed=True)
    noted = swept(world, payment, 60).money.capture_before
    assert noted is not None
    assert noted > world.clock() + HOLD
    world.stripe.withdrawn = permissions
    waits = swept(world, payment, noted - BEFORE_END - HOUR - world.clock())
    assert (waits.status, waits.settle, waits.money.capture_before) == ("processing", None, noted)
    ended = swept(world, payment, HOUR)
    assert (ended.status, ended.reason) == ("canceled", "hold_over")
    assert status_at_stripe(world, payment) == "canceled"


def test_without_a_review_nothing_of_reviews_has_to_be_permitted(world: PaymentWorld) -> None:
    payment = held(world)
    world.stripe.withdrawn = {REVIEW}
    assert swept(world, payment, 60).status == "succeeded"


def test_a_permission_that_comes_back_lets_a_payment_be_captured(world: PaymentWorld) -> None:
    payment = held(world)
    world.stripe.withdrawn = {CHARGE}
    assert swept(world, payment, DAY).status == "processing"
    world.stripe.withdrawn = set()
    assert swept(world, payment, 60).status == "succeeded"


@pytest.mark.parametrize("permissions", [{CHARGE}, {REVIEW}, {CHARGE, REVIEW}, {READ}], ids=named)
def test_a_merchant_cancels_what_they_do_not_let_us_read(
    world: PaymentWorld, permissions: set[str]
) -> None:
    payment = held(world)
    world.stripe.withdrawn = permissions
    assert (world.cancel(payment).status, status_at_stripe(world, payment)) == (
        "canceled",
        "canceled",
    )


@pytest.mark.parametrize("permissions", [{CHARGE}, {READ}], ids=named)
def test_a_payment_is_replaced_that_cannot_be_read(
    world: PaymentWorld, permissions: set[str]
) -> None:
    payment = held(world)
    reference = world.record(payment).order.reference
    world.stripe.withdrawn = permissions
    other = world.create(reference, replaces=True).record
    assert (other.status, world.record(payment).status) == ("requires_card", "canceled")


@pytest.mark.parametrize("permissions", [{CHARGE}, {READ}], ids=named)
def test_a_payer_who_does_not_act_is_not_waited_for_longer(
    world: PaymentWorld, permissions: set[str]
) -> None:
    payment = world.create(card=world.card(PlayedCard("3155", "challenge"))).record.id
    assert world.confirm(payment).record.status == "requires_action"
    world.stripe.withdrawn = permissions
    ended = swept(world, payment, ACTS_WITHIN)
    assert (ended.status, ended.reason) == ("canceled", "abandoned")
    assert status_at_stripe(world, payment) == "canceled"


def test_a_cancellation_that_is_not_permitted_is_told_and_made_up_for(world: PaymentWorld) -> None:
    payment = held(world)
    world.stripe.withdrawn = {READ, WRITE}
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            world.cancel(payment)
        assert refused.value.code == "permission_missing"
    assert world.record(payment).status == "processing"
    world.stripe.withdrawn = set()
    ended = swept(world, payment, 60)
    assert (ended.status, ended.reason) == ("canceled", "merchant")


def test_a_payment_of_which_nothing_is_permitted_ends_with_the_longest_hold(
    world: PaymentWorld,
) -> None:
    payment = held(world)
    world.stripe.withdrawn = {READ, WRITE}
    assert swept(world, payment, LONGEST_HOLD - DAY).status == "processing"
    ended = swept(world, payment, DAY)
    assert (ended.status, ended.reason) == ("canceled", "account_lost")
    assert world.create(ended.order.reference).record.status == "requires_card"


@pytest.mark.parametrize("permissions", [{CHARGE}, {READ}], ids=named)
def test_what_is_known_of_the_money_stays_when_it_cannot_be_read(
    world: PaymentWorld, permissions: set[str]
) -> None:
    payment = held(world)
    paid = swept(world, payment, 60)
    world.stripe.withdrawn = permissions
    intent = str(paid.payment_intent)
    world.stripe.change_charge(intent, amount_refunded=500)
    world.event(intent, "charge.refunded")
    world.wait(61)
    assert world.sweep().failed == 0
    assert world.record(payment).money == paid.money
    world.wait(901)
    assert world.sweep().looked_at == 0
    world.stripe.withdrawn = set()
    world.event(intent, "charge.refunded")
    world.wait(61)
    world.sweep()
    assert world.record(payment).money.refunded == 500


def test_a_capture_is_told_whose_charge_cannot_be_read(world: PaymentWorld) -> None:
    payment = held(world)
    world.stripe.withdrawn = {CHARGE}
    world.stripe.merchant_captures(str(world.record(payment).payment_intent))
    paid = swept(world, payment, 60)
    assert (paid.status, paid.money.captured, paid.unproven) == ("succeeded", 1099, True)
    decision = load_decision(world.contexts.decisions.step_up.table, str(paid.decision))
    assert decision is not None
    assert decision.results.payment is None


def test_a_cancellation_whose_answer_was_lost_is_known_by_its_repetition(
    world: PaymentWorld,
) -> None:
    payment = held(world)
    world.stripe.withdrawn = {READ}
    world.stripe.fail("cancel", "unanswered")
    assert world.cancel(payment).status == "processing"
    assert (world.cancel(payment).status, world.record(payment).reason) == ("canceled", "merchant")


def test_what_others_did_is_known_by_the_refusal_to_cancel(world: PaymentWorld) -> None:
    canceled, captured = held(world), held(world)
    world.stripe.withdrawn = {READ}
    world.stripe.merchant_cancels(str(world.record(canceled).payment_intent))
    world.stripe.merchant_captures(str(world.record(captured).payment_intent))
    assert world.cancel(canceled).status == "canceled"
    with pytest.raises(Problem) as refused:
        world.cancel(captured)
    assert refused.value.code == "payment_succeeded"
    assert world.record(captured).unproven
