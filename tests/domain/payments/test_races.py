"""Calls at the same moment: one attempt, one end, one payment of an order."""

import os
from functools import partial

import pytest

from countersign.payments.create_payment import CreatedPayment
from countersign.problems import Problem
from tests.domain.payments.conftest import MakeWorld
from tests.support.crashes import FuseAt, Killed
from tests.support.exhaustive import exhaustive
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld
from tests.support.threads import at_once

TIMES = int(os.environ.get("RACES", "5"))
"""How often cancellation and settlement run against each other: a hundred times in `make soak`."""
ROUNDS = [1, exhaustive(TIMES)]
CROWDS = [8, exhaustive(50)]
CARD = PlayedCard()


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


def made(world: PaymentWorld, name: str) -> list[str]:
    """The keys of the calls of a name."""
    return [key for called, key in world.stripe.calls if called == name]


def codes(results: list[object]) -> set[str]:
    """What was refused, and why; anything else that was raised fails the test."""
    refused = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(one, Problem) for one in refused), refused
    return {one.code for one in refused if isinstance(one, Problem)}


@pytest.mark.parametrize("crowd", CROWDS)
def test_many_confirmations_at_once_are_one_attempt(world: PaymentWorld, crowd: int) -> None:
    payment = world.create(card=world.card(CARD)).record.id
    results = at_once([partial(world.confirm, payment)] * crowd)
    assert codes(results) <= {"payment_busy", "payment_ended"}
    assert len(made(world, "confirm")) == 1
    assert len(set(made(world, "create"))) == 1
    assert len(world.stripe.intents) == 1
    world.settle_down()
    record = world.record(payment)
    assert record.status == "succeeded"
    assert record.attempt is not None
    assert record.attempt.n == 1
    assert world.stripe.captures == [(record.payment_intent, True)]


@pytest.mark.parametrize("crowd", CROWDS)
def test_many_returns_from_3d_secure_are_one_second_confirmation(
    world: PaymentWorld, crowd: int
) -> None:
    payment = world.create(card=world.card(PlayedCard("3155", "challenge"))).record.id
    intent = str(world.confirm(payment).record.payment_intent)
    world.stripe.authenticate(intent)
    results = at_once([partial(world.confirm, payment)] * crowd)
    assert codes(results) <= {"payment_busy", "payment_ended"}
    assert len(set(made(world, "confirm"))) == len(made(world, "confirm")) == 2
    world.settle_down()
    assert world.record(payment).status == "succeeded"
    assert world.stripe.captures == [(intent, True)]


def test_one_key_used_many_times_at_once_confirms_once(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(PlayedCard("0002", "declined"))).record.id
    at_once([partial(world.confirm, payment, key="once")] * 20)
    world.wait(60)
    world.confirm(payment, key="once")
    assert len(made(world, "confirm")) == 1


def test_creations_of_one_reference_at_once_are_one_payment(world: PaymentWorld) -> None:
    results = at_once([partial(world.create, "order", card=world.card(CARD))] * 12)
    assert codes(results) == {"payment_open"}
    (one,) = [result for result in results if isinstance(result, CreatedPayment)]
    assert [record.id for record in world.records()] == [one.record.id]
    refused = {result.payment_id for result in results if isinstance(result, Problem)}
    assert refused == {one.record.id}


def test_replacements_of_one_payment_at_once_leave_one(world: PaymentWorld) -> None:
    world.create("order", card=world.card(CARD))
    at_once([partial(world.create, "order", replaces=True, card=world.card(CARD))] * 8)
    open_ = [record for record in world.records() if not record.has_ended]
    assert len(open_) == 1
    world.confirm(open_[0].id)
    assert len(world.stripe.captures) == 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_payment_that_is_paid_while_it_is_replaced_is_paid_once(
    world: PaymentWorld, rounds: int
) -> None:
    for number in range(rounds):
        reference = f"order-{number}"
        first = world.create(reference, card=world.card(CARD)).record.id
        at_once(
            [
                partial(world.confirm, first),
                partial(world.create, reference, replaces=True, card=world.card(CARD)),
            ]
        )
        world.wait(31)
        for record in world.records():
            if record.order.reference == reference and not record.has_ended:
                world.confirm(record.id)
        world.settle_down()
        assert len(world.stripe.captures) == number + 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_cancellation_against_settlement_has_one_winner(world: PaymentWorld, rounds: int) -> None:
    """The payment is authorized, and nobody has settled it yet."""
    ends = set[str]()
    for _ in range(rounds):
        payment = world.create(card=world.card(CARD)).record.id
        with pytest.raises(Killed):
            world.confirm(payment, contexts=world.dying(FuseAt("after stripe.confirm")))
        world.wait(61)
        before = len(world.stripe.captures)
        results = at_once(
            [partial(world.cancel, payment), world.sweep, partial(world.confirm, payment)]
        )
        assert codes(results) <= {"payment_busy", "payment_ended", "payment_succeeded"}
        world.settle_down()
        record = world.record(payment)
        assert record.settle is not None
        is_paid = record.settle.kind == "capture"
        assert record.status == ("succeeded" if is_paid else "canceled")
        assert len(world.stripe.captures) - before == is_paid
        assert [step.did for step in record.steps].count("settle") == 1
        ends.add(record.status)
    assert ends <= {"succeeded", "canceled"}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_foreign_capture_against_our_cancellation_is_recorded_as_it_went(
    world: PaymentWorld, rounds: int
) -> None:
    for _ in range(rounds):
        payment = world.create(card=world.card(CARD)).record.id
        with pytest.raises(Killed):
            world.confirm(payment, contexts=world.dying(FuseAt("after stripe.confirm")))
        intent = str(world.record(payment).payment_intent)
        at_once(
            [
                partial(world.cancel, payment),
                partial(_captured_if_held, world, intent),
            ]
        )
        world.settle_down()
        record = world.record(payment)
        is_paid = world.stripe.intents[intent]["status"] == "succeeded"
        assert (record.status == "succeeded", record.unproven) == (is_paid, is_paid)


def test_sweeps_at_once_settle_a_payment_once(world: PaymentWorld) -> None:
    payments = [world.create(card=world.card(CARD)).record.id for _ in range(6)]
    for payment in payments:
        with pytest.raises(Killed):
            world.confirm(payment, contexts=world.dying(FuseAt("after stripe.confirm")))
    world.wait(61)
    assert codes(at_once([world.sweep] * 4)) == set()
    world.settle_down()
    assert all(world.record(payment).status == "succeeded" for payment in payments)
    assert len(world.stripe.captures) == len(payments)


def test_one_key_used_many_times_at_once_creates_one_payment_that_stays(
    world: PaymentWorld,
) -> None:
    """Its page repeats a creation with the same key while the first still runs, and replaces."""
    for n in range(5):
        create = partial(
            world.create, f"of {n}", card=world.card(CARD), key=f"key {n}", replaces=True
        )
        found = at_once([create] * 6)
        made = {each.record.id for each in found if isinstance(each, CreatedPayment)}
        assert len(made) == 1
        assert world.record(made.pop()).status == "ready"


def test_an_attempt_that_there_is_no_time_for_claims_nothing(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(CARD)).record.id
    with pytest.raises(Problem, match="stripe_unavailable"):
        world.confirm(payment, seconds=20)
    assert world.record(payment).attempt is None
    assert world.stripe.calls == []
    assert world.confirm(payment, seconds=28).record.status == "succeeded"


def _captured_if_held(world: PaymentWorld, intent: str) -> None:
    with world.stripe.held():
        if world.stripe.intents[intent]["status"] == "requires_capture":
            world.stripe.merchant_captures(intent)
