"""Payments whose cards decide what comes of them, and what is done to them afterwards."""

from typing import Any

import pytest
from stripe import Charge, PaymentIntent

from tests.stand_in.payments import EURO, INTENTS, METHODS, TOKENS, authenticate, do, expanded, make
from tests.stand_in.shapes import problems
from tests.support.stand_in import BAKERY, StandIn

APPLE_PAY = {"wallet": {"type": "apple_pay", "dynamic_last4": "1121"}, "country": "FR"}


def secure_of(stand_in: StandIn, intent: dict[str, Any]) -> Any:
    """The result of 3-D Secure, as the charge has it."""
    charge = expanded(stand_in, intent)["latest_charge"]
    assert problems(charge, Charge) == []
    secure = charge["payment_method_details"]["card"]["three_d_secure"]
    return secure["result"] if secure else None


@pytest.mark.parametrize(("card", "request_", "result"), [
    ({}, "any", "attempt_acknowledged"), ({}, "automatic", None), ({"country": "FR"}, "any", "authenticated"),
    ({"country": None}, "challenge", "authenticated"), ({"country": "JP"}, "automatic", None), (APPLE_PAY, "any", None),
    ({"last4": "3097"}, "any", "processing_error"), ({"brand": "amex", "last4": "0005"}, "any", "not_supported"),
    ({"plays": "not_supported", "country": "FR"}, "any", "not_supported"),
    ({"plays": "processing_error"}, "any", "processing_error"), ({"plays": "failed"}, "automatic", None),
])  # fmt: skip
def test_a_card_decides_what_3d_secure_does(
    shop: StandIn, card: dict[str, Any], request_: str, result: str | None
) -> None:
    order = {**EURO, "request_three_d_secure": request_, "capture_method": "manual"}
    token = make(shop, TOKENS, card=card)
    for paid_with in (
        {"card": card},
        {"payment_method": make(shop, METHODS, card=card)["id"]},
        {"confirmation_token": token["id"]},
    ):
        intent = make(shop, INTENTS, **order, **paid_with)
        assert intent["status"] == "requires_capture"
        assert secure_of(shop, intent) == result
    again = {"account": BAKERY, **order, "confirmation_token": token["id"]}
    assert shop.post(INTENTS, again).status_code == 400


@pytest.mark.parametrize("request_", ["automatic", "any"])
@pytest.mark.parametrize("capture", ["manual", "automatic_async"])
def test_a_challenge_is_passed_failed_or_left(shop: StandIn, request_: str, capture: str) -> None:
    order = {**EURO, "request_three_d_secure": request_, "capture_method": capture}
    passed, failed = (make(shop, INTENTS, **order, card={"last4": "3220"}) for _ in range(2))
    assert problems(passed, PaymentIntent) == []
    assert (passed["status"], passed["latest_charge"]) == ("requires_action", None)
    assert authenticate(shop, passed, "leave") == passed
    authenticated = authenticate(shop, passed, "pass")
    assert authenticated["status"] == ("requires_capture" if capture == "manual" else "succeeded")
    assert secure_of(shop, passed) == "authenticated"
    declined = authenticate(shop, failed, "fail")
    assert problems(declined, PaymentIntent) == []
    assert declined["status"] == "requires_payment_method"
    assert declined["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    for intent in (passed, failed):
        order = {"payment_intent": intent["id"], "outcome": "pass"}
        refused = shop.post("/_authenticate", order).json()["error"]
        assert refused["code"] == "payment_intent_unexpected_state"


def test_a_challenge_with_nobody_there_is_a_soft_decline(shop: StandIn) -> None:
    intent = make(shop, INTENTS, **EURO, card={"last4": "3220"}, off_session=True)
    assert intent["status"] == "requires_payment_method"
    assert intent["last_payment_error"]["code"] == "authentication_required"


def test_a_failed_authentication_leaves_no_charge(shop: StandIn) -> None:
    order = {**EURO, "request_three_d_secure": "any"}
    intent = make(shop, INTENTS, **order, card={"plays": "failed"})
    assert (intent["status"], intent["latest_charge"]) == ("requires_payment_method", None)


def test_a_merchant_captures_less_or_more_and_gives_back(shop: StandIn) -> None:
    order = {**EURO, "capture_method": "manual"}
    less, more, whole = (make(shop, INTENTS, **order) for _ in range(3))
    assert do(shop, less, "capture", amount=500)["amount_captured"] == 500
    assert do(shop, more, "capture", amount=99_999)["amount_captured"] == 99_999
    assert expanded(shop, more)["amount_received"] == 99_999
    assert do(shop, whole, "capture")["amount_captured"] == 1999
    assert do(shop, whole, "refund", amount=1000)["refunded"] is False
    charge = do(shop, whole, "refund")
    assert (charge["amount_refunded"], charge["refunded"]) == (1999, True)
    assert do(shop, more, "dispute")["disputed"] is True
    again = {"account": BAKERY, "payment_intent": whole["id"], "do": "refund"}
    assert shop.post("/_merchant", again).json()["error"]["param"] == "amount"


@pytest.mark.parametrize(("act", "reason"), [
    ("cancel", "requested_by_customer"), ("expire", "expired"),
])  # fmt: skip
def test_a_hold_that_ends_is_canceled_and_nothing_was_captured(
    shop: StandIn, act: str, reason: str
) -> None:
    intent = make(shop, INTENTS, **EURO, capture_method="manual")
    charge = do(shop, intent, act)
    assert (charge["captured"], charge["amount_captured"]) == (False, 0)
    whole = expanded(shop, intent)
    assert problems(whole, PaymentIntent) == []
    assert (whole["status"], whole["cancellation_reason"]) == ("canceled", reason)
    again = {"account": BAKERY, "payment_intent": intent["id"], "do": "capture"}
    assert shop.post("/_merchant", again).json()["error"]["code"] == (
        "payment_intent_unexpected_state"
    )


def test_the_ledger_shows_every_payment_with_its_account_and_charge(shop: StandIn) -> None:
    paid = make(shop, INTENTS, **EURO)
    waiting = make(shop, INTENTS, **EURO, card={"last4": "3220"})
    ledger = shop.http.get("/_ledger").json()
    assert [(each["id"], each["account"]) for each in ledger["payment_intents"]] == [
        (paid["id"], BAKERY), (waiting["id"], BAKERY),
    ]  # fmt: skip
    first, second = ledger["payment_intents"]
    assert first["latest_charge"]["amount_captured"] == 1999
    assert second["latest_charge"] is None
    assert [each["account"] for each in ledger["installs"]] == [BAKERY]
    assert ledger["verification_sessions"] == []
