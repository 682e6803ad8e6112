"""A payment from its creation to its end, over the ledger."""

from tests.support.ledger_cards import PlayedCard
from tests.support.payment_world import PaymentWorld


def test_a_small_payment_is_captured_in_one_call(paying: PaymentWorld) -> None:
    made = paying.create(card=paying.card(PlayedCard()))
    assert made.record.status == "ready"
    done = paying.confirm(made.record.id)
    assert done.record.status == "succeeded"
    assert paying.stripe.captures == [(done.record.payment_intent, True)]
