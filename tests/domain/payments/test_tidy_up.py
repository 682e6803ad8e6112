"""What Stripe has made though it had failed is found among a busy merchant's PaymentIntents, a few
pages at a time and only in the times in which it can have come about.
"""

import pytest

from countersign.payments.due import LEFTOVER
from countersign.payments.find_intents import MARGIN
from countersign.payments.payment_record import TIDIED
from countersign.payments.tidy_up import PAGES
from countersign.problems import Problem
from tests.domain.payments.conftest import MakeWorld
from tests.support.ledger_cards import PlayedCard
from tests.support.ledger_stripe import Fault
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld
from tests.support.spc_people import ACCOUNT

HOUR = 3600
OTHERS = 30


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


def busy(world: PaymentWorld, number: int = OTHERS) -> None:
    """The merchant makes payments of their own."""
    for _ in range(number):
        key = f"theirs {len(world.stripe.intents)}"
        world.stripe.create(ACCOUNT, {"amount": 5, "currency": "usd", "metadata": {}}, key)


def fails(world: PaymentWorld, payment: str, fault: Fault) -> None:
    """An attempt whose PaymentIntent Stripe fails to create."""
    world.stripe.fail("create", fault)
    with pytest.raises(Problem):
        world.confirm(payment)


def test_a_leftover_is_found_a_few_pages_at_a_time(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(PlayedCard())).record.id
    fails(world, payment, "failed_late")
    world.wait(100)
    busy(world)
    (leftover,) = world.intents_of(payment)
    world.cancel(payment)
    world.wait(LEFTOVER)
    world.stripe.listed.clear()
    read = []
    for _ in range(5):
        world.wait(61)
        assert world.sweep().failed == 0
        read.append(len(world.stripe.listed))
        world.stripe.listed.clear()
    assert read == [PAGES, PAGES, PAGES, 1, 0]
    assert leftover["status"] == "canceled"
    assert (world.record(payment).tidied, world.record(payment).status) == (TIDIED, "canceled")


def test_a_500_that_stripe_has_saved_does_not_keep_a_leftover_open(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(PlayedCard())).record.id
    fails(world, payment, "failed_late")
    world.wait(100)
    (leftover,) = world.intents_of(payment)
    world.cancel(payment)
    world.stripe.fail("cancel", "failed")
    for seconds in (LEFTOVER, 61, 61):
        world.wait(seconds)
        world.sweep()
    assert leftover["status"] == "requires_payment_method"
    world.wait(HOUR)
    world.sweep()
    assert leftover["status"] == "canceled"


def test_only_the_times_of_the_claims_are_looked_through(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(PlayedCard())).record.id
    fails(world, payment, "failed_late")
    first = world.clock()
    world.wait(100)
    world.wait(10 * HOUR)
    busy(world)
    world.wait(10 * HOUR)
    second = world.clock()
    fails(world, payment, "failed")
    world.cancel(payment)
    world.stripe.listed.clear()
    world.wait(LEFTOVER + 1)
    world.sweep()
    around = [(at - MARGIN, at + LEFTOVER + MARGIN) for at in (first, second)]
    assert world.stripe.listed == around
    assert [found["status"] for found in world.intents_of(payment)] == ["canceled"]


def test_what_the_rules_left_open_is_canceled_whatever_is_permitted_by_then(
    world: PaymentWorld,
) -> None:
    payment = world.create(card=world.card(PlayedCard("0002", "declined", "debit"))).record.id
    world.confirm(payment)
    assert world.confirm(payment, world.card(PlayedCard(network="amex"))).record.status == "failed"
    world.stripe.fail("cancel", "unanswered")
    world.wait(LEFTOVER + 1)
    assert world.sweep().failed == 1
    world.stripe.withdrawn = {"charge_read"}
    world.wait(901)
    assert world.sweep().failed == 0
    assert [found["status"] for found in world.intents_of(payment)] == ["canceled"]
    assert world.record(payment).tidied == TIDIED


def test_nothing_is_looked_for_again_once_nothing_is_left(world: PaymentWorld) -> None:
    payment = world.create(card=world.card(PlayedCard())).record.id
    fails(world, payment, "failed")
    paid = world.confirm(payment).record
    assert paid.status == "succeeded"
    world.wait(LEFTOVER + 61)
    world.sweep()
    world.stripe.listed.clear()
    world.event(str(paid.payment_intent), "charge.refunded")
    world.wait(61)
    world.sweep()
    assert (world.stripe.listed, world.record(payment).due_at) == ([], None)
