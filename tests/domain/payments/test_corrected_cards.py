"""A card that is named once more: the number is the same, and what the payer holds is not."""

from dataclasses import replace

import pytest

from countersign.payments.read_named_card import CardRequest
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_world import PaymentWorld

REFUSED = PlayedCard(plays="declined")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (REFUSED, PlayedCard(exp_year=2031)),
        (replace(REFUSED, chosen="cartes_bancaires"), PlayedCard(chosen="visa")),
        (REFUSED, PlayedCard(chosen="cartes_bancaires")),
        (REFUSED, PlayedCard(wallet="google_pay")),
    ],
    ids=["another expiry", "another network", "a network chosen", "in a wallet"],
)
def test_a_card_that_its_payer_corrects_is_decided_on_again_and_captured(
    paying: PaymentWorld, first: PlayedCard, second: PlayedCard
) -> None:
    assert first.fingerprint == second.fingerprint
    made = paying.create(card=paying.card(first)).record
    assert paying.confirm(made.id).record.status == "ready"
    paying.wait(11)
    done = paying.confirm(made.id, paying.card(second)).record
    assert (done.status, done.reason) == ("succeeded", None)
    assert done.decision != made.decision


def test_the_same_card_by_another_id_keeps_its_decision(paying: PaymentWorld) -> None:
    made = paying.create(card=paying.card(REFUSED)).record
    paying.confirm(made.id)
    paying.wait(11)
    done = paying.confirm(made.id, paying.token(PlayedCard())).record
    assert (done.status, done.decision) == ("succeeded", made.decision)


def test_a_saved_card_is_tried_again_once_its_account_was_found(paying: PaymentWorld) -> None:
    card = paying.card(REFUSED)
    made = paying.create(card=card).record
    intent = paying.confirm(made.id).record.payment_intent
    assert intent is not None
    paying.stripe.unreachable.add(made.order.account_id)
    paying.event(intent, "payment_intent.payment_failed")
    paying.wait(61)
    paying.sweep()
    assert paying.record(made.id).status == "unreachable"
    paying.stripe.unreachable.clear()
    paying.stripe.cards[str(card.payment_method)] = PlayedCard()
    named = CardRequest(payment_method=card.payment_method)
    assert paying.confirm(made.id, named).record.status == "succeeded"
