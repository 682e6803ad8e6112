"""A payment that cannot even be loaded holds up no other."""

from typing import Any

import pytest

from countersign.payments.payment_record import LASTS, payment_key
from tests.support.ledger_cards import PlayedCard
from tests.support.payment_world import PaymentWorld


@pytest.mark.parametrize("member", ["order", "steps"])
def test_an_item_that_cannot_be_read_is_counted_and_comes_again_later(
    paying: PaymentWorld, member: str
) -> None:
    broken = paying.create().record
    paying.wait(1)
    well = [paying.create().record.id for _ in range(3)]
    rows: dict[str, Any] = paying.dynamodb.tables["payments"]
    kept = rows[payment_key(broken.id)].pop(member)
    paying.wait(LASTS)
    swept = paying.sweep()
    assert (swept.failed, swept.moved) == (1, 3)
    assert {paying.record(payment).status for payment in well} == {"canceled"}
    assert paying.sweep().failed == 0
    rows[payment_key(broken.id)][member] = kept
    paying.wait(901)
    paying.sweep()
    assert paying.record(broken.id).status == "canceled"


def test_a_payment_that_was_woken_and_cannot_be_read_is_counted(paying: PaymentWorld) -> None:
    made = paying.create(card=paying.card(PlayedCard(funding="debit"))).record
    paid = paying.confirm(made.id).record
    assert paid.payment_intent is not None
    paying.event(paid.payment_intent, "charge.refunded")
    rows: dict[str, Any] = paying.dynamodb.tables["payments"]
    kept = rows[payment_key(made.id)].pop("order")
    paying.wait(61)
    assert paying.sweep().failed == 1
    rows[payment_key(made.id)]["order"] = kept
    paying.stripe.change_charge(paid.payment_intent, amount_refunded=500)
    paying.wait(901)
    paying.sweep()
    assert paying.record(made.id).money.refunded == 500
