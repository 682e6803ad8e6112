"""A PaymentIntent as it is read from Stripe."""

from typing import Any

import pytest
from msgspec.structs import asdict, replace

from countersign.payments.attempt import Money
from countersign.payments.intent import read_intent
from tests.support.clock import START
from tests.support.payment_objects import (
    PAYMENT,
    authorized,
    card_details,
    charge,
    decision,
    intent,
)

DECISION = decision()
RECORD = authorized(DECISION)


def read(**members: Any) -> Any:
    return read_intent(intent(RECORD, **members))


def test_an_authorized_payment_is_read_with_its_charge() -> None:
    found = read()
    assert (found.id, found.status, found.payment) == ("pi_1", "requires_capture", PAYMENT)
    assert (found.amount, found.currency, found.amount_capturable) == (1099, "eur", 1099)
    assert (found.charge_id, found.charge_amount, found.charge_method) == ("ch_1", 1099, "pm_1")
    assert found.capture_before == START + 7 * 86400
    assert found.charge is not None
    assert found.charge.card is not None
    assert found.charge.card.fingerprint == "fp_1"


def test_the_secret_of_a_payment_intent_is_not_read() -> None:
    assert "canary" not in repr(asdict(read()))


@pytest.mark.parametrize(
    ("review", "word"),
    [
        (None, "none"),
        ("prv_1", "unread"),
        ({"open": True, "reason": "rule"}, "open"),
        ({"open": False, "reason": "approved"}, "approved"),
        ({"open": False, "reason": "refunded_as_fraud"}, "refused"),
        ({"open": False}, "refused"),
        ({"reason": "approved"}, "approved"),
    ],
    ids=str,
)
def test_a_review_is_approved_by_its_reason_alone(review: Any, word: str) -> None:
    assert read(review=review).review == word


def test_expanded_objects_are_known_by_their_ids() -> None:
    found = read(
        customer={"id": "cus_1", "object": "customer"},
        latest_charge=charge(payment_method={"id": "pm_1"}),
    )
    assert (found.customer, found.charge_method) == ("cus_1", "pm_1")


def test_a_charge_that_is_not_expanded_is_not_read() -> None:
    found = read(latest_charge="ch_1")
    assert (found.charge, found.charge_id, found.capture_before) == (None, "ch_1", None)
    assert found.money_after(Money()) == Money()


def test_what_is_known_of_a_charge_stays_while_it_is_not_read() -> None:
    known = Money(three_d_secure="authenticated", capture_before=5, charge="ch_1")
    assert read(latest_charge="ch_1").money_after(known) == known
    assert read(latest_charge="ch_2").money_after(known) == Money()
    captured = read(latest_charge="ch_1", status="succeeded", amount_received=1099)
    assert captured.money_after(known) == replace(known, captured=1099)
    assert captured.money_after(Money()) == Money(captured=1099)


def test_a_payment_intent_of_the_merchants_own_is_read_without_our_marks() -> None:
    found = read_intent(
        {"id": "pi_9", "status": "requires_payment_method", "amount": 1, "currency": "eur"}
    )
    assert (found.payment, found.livemode) == (None, False)
    assert (found.capture_method, found.customer, found.review) == (None, None, "none")
    assert found.awaits_card


def test_a_decline_has_its_codes_and_its_charge() -> None:
    error = {"code": "card_declined", "decline_code": "do_not_honor", "charge": "ch_failed"}
    found = read(status="requires_payment_method", last_payment_error=error)
    known = (found.code, found.decline_code, found.failed_charge)
    assert known == ("card_declined", "do_not_honor", "ch_failed")


@pytest.mark.parametrize("name", ["on_behalf_of", "transfer_data", "transfer_group"])
def test_what_gives_money_to_another_account_is_named(name: str) -> None:
    assert read().elsewhere == ()
    assert read(**{name: "acct_other"}).elsewhere == (name,)
    assert read(latest_charge=charge(**{name: "acct_other"})).elsewhere == (name,)


def test_money_is_captured_only_by_a_capture() -> None:
    held = read().money_after(Money())
    assert (held.captured, held.refunded, held.charge) == (0, 0, "ch_1")
    assert held.three_d_secure == "authenticated"
    paid = read(
        status="succeeded", latest_charge=charge(amount_captured=1099, amount_refunded=99)
    ).money_after(Money())
    assert (paid.captured, paid.refunded, paid.disputed) == (1099, 99, False)


def test_a_hold_that_is_released_is_no_refund() -> None:
    found = read(status="canceled", latest_charge=charge(amount_refunded=1099)).money_after(Money())
    assert (found.captured, found.refunded) == (0, 0)


def test_a_wallet_counts_as_one_by_the_number_of_its_device() -> None:
    device = {"type": "google_pay", "dynamic_last4": "3478"}
    for wallet, known in ((device, "google_pay"), ({"type": "google_pay"}, None), (None, None)):
        details = card_details(wallet=wallet)
        assert read(latest_charge=charge(details)).money_after(Money()).wallet == known
