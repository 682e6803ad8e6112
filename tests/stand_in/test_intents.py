"""A payment from its PaymentIntent to its end, confirmed and captured by hand."""

from typing import Any

import pytest
from stripe import Charge, PaymentIntent

from tests.stand_in.intents import ORDER, Intents, events_of, refused
from tests.stand_in.payments import TOKENS, authenticate, make
from tests.stand_in.shapes import problems
from tests.support.stand_in import BAKERY, StandIn


@pytest.fixture
def intents(shop: StandIn) -> Intents:
    return Intents(shop)


def test_a_payment_is_created_confirmed_and_captured(intents: Intents) -> None:
    intent = intents.create(description="Order 7", metadata={"order": "7"})
    made = intents.read(intent)
    assert problems(made, PaymentIntent) == []
    assert made | ORDER == made
    assert (made["status"], made["latest_charge"]) == ("requires_payment_method", None)
    assert (made["description"], made["metadata"]) == ("Order 7", {"order": "7"})
    held = intents.confirm(intent, "pm_card_visa")
    assert problems(held, PaymentIntent) == []
    assert problems(held["latest_charge"], Charge) == []
    assert (held["status"], held["amount_capturable"]) == ("requires_capture", 1999)
    captured = intents.capture(intent)
    assert problems(captured, PaymentIntent) == []
    assert (captured["status"], captured["amount_received"]) == ("succeeded", 1999)
    assert captured["latest_charge"]["amount_captured"] == 1999
    assert captured == intents.read(intent) | {"latest_charge": captured["latest_charge"]}
    assert events_of(intents.stand_in) == [
        "payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated",
        "charge.captured", "payment_intent.succeeded", "charge.updated",
    ]  # fmt: skip


def test_after_a_challenge_the_payment_waits_to_be_confirmed_again(intents: Intents) -> None:
    intent, method = intents.create(), intents.card(last4="3220")
    acting = intents.confirm(intent, method)
    assert problems(acting, PaymentIntent) == []
    assert (acting["status"], acting["next_action"]["type"]) == (
        "requires_action", "use_stripe_sdk",
    )  # fmt: skip
    authenticate(intents.stand_in, {"id": intent}, "pass")
    waits = intents.read(intent)
    assert (waits["status"], waits["latest_charge"]) == ("requires_confirmation", None)
    held = intents.confirm(intent)
    assert held["status"] == "requires_capture"
    secure = held["latest_charge"]["payment_method_details"]["card"]["three_d_secure"]
    assert (secure["result"], secure["authentication_flow"]) == ("authenticated", "challenge")
    assert events_of(intents.stand_in)[:3] == [
        "payment_intent.created", "payment_intent.requires_action", "charge.succeeded",
    ]  # fmt: skip


def test_a_hold_that_is_canceled_is_released(intents: Intents) -> None:
    intent = intents.held()
    canceled = intents.cancel(intent, cancellation_reason="abandoned")
    assert problems(canceled, PaymentIntent) == []
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "abandoned")
    assert canceled["latest_charge"]["refunded"] is True
    assert canceled["latest_charge"]["amount_captured"] == 0
    assert events_of(intents.stand_in)[-2:] == ["charge.refunded", "payment_intent.canceled"]


def test_a_confirmation_token_pays_once(intents: Intents) -> None:
    token = make(intents.stand_in, TOKENS)["id"]
    intent = intents.create()
    held = intents.confirm(intent, confirmation_token=token)
    assert held["status"] == "requires_capture"
    other = intents.create()
    with refused(400, None):
        intents.confirm(other, confirmation_token=token)


def test_what_is_decided_can_be_marked(intents: Intents) -> None:
    intent = intents.create(metadata={"a": "1", "b": "2"})
    marked: Any = {"metadata": {"b": "", "c": "3"}}
    assert intents.calls.update(intent, marked).to_dict()["metadata"] == {"a": "1", "c": "3"}


def test_a_declined_card_is_told_with_the_payment_intent(intents: Intents) -> None:
    intent = intents.create()
    with refused(402, "card_declined") as error:
        intents.confirm(intent, intents.card(last4="9995"))
    assert (error["type"], error["decline_code"]) == ("card_error", "insufficient_funds")
    inside = error["payment_intent"]
    assert problems(inside, PaymentIntent) == []
    assert inside == intents.read(intent) | {"latest_charge": inside["latest_charge"]}
    assert inside["status"] == "requires_payment_method"
    assert inside["last_payment_error"]["charge"] == error["charge"] == inside["latest_charge"]
    charge = intents.read(intent)["latest_charge"]
    assert problems(charge, Charge) == []
    assert (charge["status"], charge["paid"]) == ("failed", False)
    assert events_of(intents.stand_in)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    assert intents.confirm(intent, "pm_card_visa")["status"] == "requires_capture"


def test_another_account_has_no_such_payment(intents: Intents, shop: StandIn) -> None:
    intent = intents.create()
    shop.install("acct_1LocalBookshop01")
    with refused(404, "resource_missing"):
        Intents(shop, "acct_1LocalBookshop01").capture(intent)
    assert intents.account == BAKERY
