"""A payment from its creation to its end, over the ledger."""

from tests.support.ledger_cards import PlayedCard
from tests.support.listener import Listener
from tests.support.payment_world import PaymentWorld


def test_a_small_payment_is_captured_in_one_call(paying: PaymentWorld) -> None:
    made = paying.create(card=paying.card(PlayedCard()))
    assert made.record.status == "ready"
    done = paying.confirm(made.record.id)
    assert done.record.status == "succeeded"
    assert paying.stripe.captures == [(done.record.payment_intent, True)]


def test_what_becomes_of_the_money_is_told_each_by_itself_however_late_it_is_read(
    paying: PaymentWorld,
) -> None:
    """The request ends before it reads that it captured; the merchant refunds, the payer disputes."""
    told = Listener("payments", paying.dynamodb, paying.clock)
    made = paying.create(card=paying.card(PlayedCard())).record
    paying.stripe.fail("capture", "unanswered")
    intent = paying.confirm(made.id).record.payment_intent
    assert intent is not None
    paying.stripe.change_charge(intent, amount_refunded=500, disputed=True)
    paying.settle_down()
    assert told.types(made.id) == ["created", "succeeded", "refunded", "disputed"]
