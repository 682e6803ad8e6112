"""A PaymentIntent that Stripe does not know any more: a merchant has deleted all test data. Nothing
can be held by it, so its payment ends, and nobody is told of a fault of ours.
"""

import pytest

from countersign.payments.close_payments import close_payments
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_named_card import CardRequest
from countersign.problems import Problem
from tests.domain.payments.conftest import MakeWorld
from tests.support.crashes import FuseAt, Killed
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_model import RULES
from tests.support.payment_world import PaymentWorld

PLAIN, CHALLENGED, DECLINED = (
    PlayedCard(),
    PlayedCard("3155", "challenge"),
    PlayedCard("0008", "declined"),
)


@pytest.fixture
def world(make_world: MakeWorld) -> PaymentWorld:
    return make_world(RULES)


def begun(world: PaymentWorld, card: PlayedCard, *, dies: str | None = None) -> PaymentRecord:
    """A payment that was confirmed with a card, by a process that may have died at a place."""
    payment = world.create(card=world.card(card)).record.id
    if dies is None:
        world.confirm(payment)
    else:
        with pytest.raises(Killed):
            world.confirm(payment, contexts=world.dying(FuseAt(dies)))
    return world.record(payment)


def marking(world: PaymentWorld) -> PaymentRecord:
    """A payment whose PaymentIntent was about to name the decision on another card."""
    record = begun(world, DECLINED)
    with pytest.raises(Killed):
        world.confirm(
            record.id, world.card(PLAIN), contexts=world.dying(FuseAt("before stripe.update"))
        )
    return world.record(record.id)


def open_payments(world: PaymentWorld) -> list[PaymentRecord]:
    """One in each status in which a payment has a PaymentIntent, which is gone."""
    found = [
        begun(world, DECLINED),
        begun(world, CHALLENGED),
        begun(world, PLAIN, dies="after stripe.confirm"),
        begun(world, PLAIN, dies="before stripe.capture"),
        marking(world),
    ]
    for record in found:
        world.stripe.delete(str(record.payment_intent))
    return found


ENDED = "canceled", "canceled_at_stripe"


def test_the_sweep_ends_them(world: PaymentWorld, strict: None) -> None:
    payments = open_payments(world)
    world.wait(24 * 3600)
    assert world.sweep().failed == 0
    found = [world.record(one.id) for one in payments]
    assert {one.status for one in found} == {"canceled"}


def test_a_request_that_finds_one_gone_ends_its_payment(world: PaymentWorld) -> None:
    for record in open_payments(world):
        world.wait(31)
        card = record.card.payment_method if record.card else None
        done = world.confirm(record.id, CardRequest(payment_method=card)).record
        assert (done.status, done.reason) == ENDED


def test_each_is_canceled_by_its_merchant(world: PaymentWorld) -> None:
    for record in open_payments(world):
        assert world.cancel(record.id).status == "canceled"


def test_each_is_replaced(world: PaymentWorld) -> None:
    for record in open_payments(world):
        other = world.create(record.order.reference, replaces=True).record
        assert (other.status, world.record(record.id).status) == ("requires_card", "canceled")


@pytest.mark.parametrize("force", [False, True])
def test_none_keeps_a_merchant_from_leaving(world: PaymentWorld, force: bool) -> None:
    payments = open_payments(world)
    close_payments(world.contexts, world.installation(), force=force)
    assert {world.record(one.id).status for one in payments} == {"canceled"}


def test_what_is_paid_stays_paid(world: PaymentWorld) -> None:
    paid = begun(world, PLAIN)
    intent = str(paid.payment_intent)
    world.event(intent, "charge.refunded")
    world.stripe.delete(intent)
    world.wait(61)
    assert world.sweep().failed == 0
    assert world.record(paid.id) == paid


def test_another_refusal_of_a_read_is_no_end(world: PaymentWorld) -> None:
    record = begun(world, PLAIN, dies="after stripe.confirm")
    world.stripe.fail("read", "refused", "refused")
    world.wait(61)
    assert world.sweep().failed == 1
    with pytest.raises(Problem) as refused:
        world.confirm(record.id)
    assert refused.value.code == "stripe_unavailable"
    world.settle_down()
    assert world.record(record.id).status == "succeeded"
