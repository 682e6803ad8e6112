"""What comes of an attempt to pay, by the card and by what is asked of 3-D Secure."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from stripe import Charge, PaymentIntent

from tests.stand_in.intents import Intents, events_of, refused
from tests.stand_in.payments import TOKENS, authenticate, make, read
from tests.stand_in.shapes import problems
from tests.support.stand_in import StandIn

GOOGLE_PAY = {"wallet": {"type": "google_pay", "dynamic_last4": "1121"}}


@pytest.fixture
def intents(shop: StandIn) -> Intents:
    return Intents(shop)


def secure_of(intent: dict[str, Any]) -> Any:
    charge = intent["latest_charge"]
    assert problems(charge, Charge) == []
    return charge["payment_method_details"]["card"]["three_d_secure"]


@pytest.mark.parametrize(("card", "asked", "result"), [
    ({}, "any", "attempt_acknowledged"), ({}, "automatic", None), (GOOGLE_PAY, "any", None),
    ({"country": "JP"}, "challenge", "authenticated"), ({"plays": "exempted"}, "automatic", "exempted"),
    ({"plays": "data_share_only"}, "any", "data_share_only"), ({"plays": "not_supported"}, "any", "not_supported"),
    ({"last4": "3097"}, "any", "processing_error"), ({"brand": "amex", "last4": "0005"}, "any", "not_supported"),
])  # fmt: skip
def test_3d_secure_without_a_challenge_ends_within_the_call(
    intents: Intents, card: dict[str, Any], asked: str, result: str | None
) -> None:
    held = intents.confirm(intents.create(), intents.card(**card), request_three_d_secure=asked)
    assert problems(held, PaymentIntent) == []
    assert held["status"] == "requires_capture"
    secure = secure_of(held)
    assert (secure and secure["result"]) == result
    if result == "authenticated":
        assert secure["authentication_flow"] == "frictionless"
    if result == "exempted":
        assert (secure["exemption_indicator"], secure["exemption_indicator_applied"]) == (
            "low_risk", True,
        )  # fmt: skip


@pytest.mark.parametrize(("number", "code", "decline_code"), [
    ("0002", "card_declined", "generic_decline"), ("9995", "card_declined", "insufficient_funds"),
    ("9987", "card_declined", "lost_card"), ("9979", "card_declined", "stolen_card"),
    ("6975", "card_declined", "card_velocity_exceeded"), ("0341", "card_declined", "generic_decline"),
    ("0069", "expired_card", "expired_card"), ("0127", "incorrect_cvc", "incorrect_cvc"),
    ("0119", "processing_error", "processing_error"), ("1280", "card_declined", "generic_decline"),
])  # fmt: skip
def test_stripes_test_cards_are_declined_as_stripe_says(
    intents: Intents, number: str, code: str, decline_code: str
) -> None:
    intent = intents.create()
    with refused(402, code) as error:
        intents.confirm(intent, intents.card(last4=number))
    assert error["decline_code"] == decline_code
    assert error["payment_method"]["card"]["last4"] == number
    charge = intents.read(intent)["latest_charge"]
    assert problems(charge, Charge) == []
    assert (charge["failure_code"], charge["outcome"]["reason"]) == (code, decline_code)
    assert charge["id"] == error["charge"]


@pytest.mark.parametrize("country", ["BR", "FR", "GB"])
def test_a_card_of_another_country_that_ends_like_a_declined_one_is_good(
    intents: Intents, country: str
) -> None:
    held = intents.confirm(intents.create(), intents.card(last4="0002", country=country))
    assert held["status"] == "requires_capture"


def test_any_card_can_be_made_to_be_declined(intents: Intents) -> None:
    method = intents.card(country="FR", declines="insufficient_funds")
    with refused(402, "card_declined") as error:
        intents.confirm(intents.create(), method)
    assert error["decline_code"] == "insufficient_funds"


@pytest.mark.parametrize(("alias", "code"), [
    ("threeDSecureRequiredChargeDeclined", "generic_decline"),
    ("authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
])  # fmt: skip
def test_a_card_can_pass_the_challenge_and_be_declined(
    intents: Intents, alias: str, code: str
) -> None:
    intent = intents.create()
    assert intents.confirm(intent, f"pm_card_{alias}")["status"] == "requires_action"
    authenticate(intents.stand_in, {"id": intent}, "pass")
    with refused(402, "card_declined") as error:
        intents.confirm(intent)
    assert error["decline_code"] == code
    assert error["payment_intent"]["status"] == "requires_payment_method"
    secure = secure_of(intents.read(intent))
    assert secure["result"] == "authenticated"


def test_a_failed_challenge_leaves_no_charge_and_another_card_can_follow(intents: Intents) -> None:
    intent = intents.create()
    intents.confirm(intent, "pm_card_threeDSecure2Required")
    failed = authenticate(intents.stand_in, {"id": intent}, "fail")
    assert problems(failed, PaymentIntent) == []
    assert (failed["status"], failed["latest_charge"]) == ("requires_payment_method", None)
    assert failed["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert events_of(intents.stand_in)[-1] == "payment_intent.payment_failed"
    assert intents.confirm(intent, "pm_card_visa")["last_payment_error"] is None


def test_a_card_that_fails_3d_secure_at_once_is_refused(intents: Intents) -> None:
    intent, method = intents.create(), intents.card(plays="failed")
    with refused(402, "payment_intent_authentication_failure") as error:
        intents.confirm(intent, method, request_three_d_secure="any")
    assert "charge" not in error
    assert error["type"] == "invalid_request_error"
    held = intents.confirm(intent, method, request_three_d_secure="automatic")
    assert held["status"] == "requires_capture"


def test_what_one_card_has_authenticated_does_not_serve_another(intents: Intents) -> None:
    intent = intents.create()
    intents.confirm(intent, "pm_card_threeDSecure2Required")
    authenticate(intents.stand_in, {"id": intent}, "pass")
    again = intents.confirm(intent, "pm_card_threeDSecure2Required")
    assert again["status"] == "requires_action"
    authenticate(intents.stand_in, {"id": intent}, "pass")
    other = intents.confirm(intent, "pm_card_visa")
    assert (other["status"], secure_of(other)) == ("requires_capture", None)


def test_a_challenge_is_by_stripe_js_or_at_an_address(intents: Intents) -> None:
    method, back = "pm_card_threeDSecure2Required", "https://example.com/back"
    js = intents.confirm(intents.create(), method, return_url=back)
    assert js["next_action"]["type"] == "use_stripe_sdk"
    sent = intents.confirm(intents.create(), method, return_url=back, use_stripe_sdk=False)
    assert problems(sent, PaymentIntent) == []
    assert sent["next_action"]["redirect_to_url"]["return_url"] == back


@pytest.mark.parametrize(("outcome", "status", "said"), [
    ("pass", "requires_confirmation", "succeeded"), ("fail", "requires_payment_method", "failed"),
    ("leave", "requires_action", "failed"),
])  # fmt: skip
def test_from_an_address_the_payer_comes_back_with_the_secret(
    intents: Intents, outcome: str, status: str, said: str
) -> None:
    intent, back = intents.create(), "https://example.com/back?order=7"
    method = "pm_card_threeDSecure2Required"
    acting = intents.confirm(intent, method, return_url=back, use_stripe_sdk=False)
    page = acting["next_action"]["redirect_to_url"]["url"]
    http = intents.stand_in.http
    assert "ends in <strong>3220</strong>" in http.get(page).text
    assert http.get(f"{page}x").status_code == 410
    sent = http.post(page, data={"outcome": outcome}, follow_redirects=False)
    assert (sent.status_code, sent.headers["referrer-policy"]) == (303, "no-referrer")
    assert parse_qs(urlsplit(sent.headers["location"]).query) == {
        "order": ["7"], "payment_intent": [intent], "redirect_status": [said],
        "payment_intent_client_secret": [acting["client_secret"]], "source_type": ["card"],
    }  # fmt: skip
    assert intents.read(intent)["status"] == status
    is_open = outcome == "leave"
    assert http.get(page).status_code == (200 if is_open else 410)


def test_without_its_payer_a_challenge_is_a_decline(intents: Intents) -> None:
    with refused(402, "authentication_required") as error:
        intents.confirm(intents.create(), "pm_card_authenticationRequired", off_session=True)
    assert error["decline_code"] == "authentication_required"
    set_up = "pm_card_authenticationRequiredSetupForOffSession"
    held = intents.confirm(intents.create(), set_up, off_session=True)
    assert held["status"] == "requires_capture"


def test_a_challenge_can_be_asked_to_be_an_error(intents: Intents) -> None:
    intent = intents.create()
    with refused(402, "payment_intent_action_required"):
        intents.confirm(intent, "pm_card_threeDSecure2Required", error_on_requires_action=True)
    assert intents.read(intent)["status"] == "requires_payment_method"


def test_a_declined_attempt_spends_its_confirmation_token(intents: Intents) -> None:
    token = make(intents.stand_in, TOKENS, card={"last4": "0002"})["id"]
    intent = intents.create()
    with refused(402, "card_declined"):
        intents.confirm(intent, confirmation_token=token)
    assert read(intents.stand_in, f"confirmation_tokens/{token}")["payment_intent"] == intent
    with refused(400, None):
        intents.confirm(intent, confirmation_token=token)


def test_the_network_of_a_co_badged_card_is_the_payers_choice(intents: Intents) -> None:
    networks = {"available": ["cartes_bancaires", "visa"]}
    by_options, by_card = (
        intents.card(networks=networks),
        intents.card(networks=networks | {"preferred": "cartes_bancaires"}),
    )
    options = {"card": {"network": "cartes_bancaires"}}
    for method, more in ((by_options, {"payment_method_options": options}), (by_card, {})):
        held = intents.confirm(intents.create(), method, **more)
        card = held["latest_charge"]["payment_method_details"]["card"]
        assert (card["brand"], card["network"]) == ("visa", "cartes_bancaires")
    with refused(400, None) as error:
        intents.confirm(intents.create(), "pm_card_visa", payment_method_options=options)
    assert error["param"] == "payment_method_options[card][network]"
