"""A payer's confirmation as the result of a decision: read from our own ceremony, for this payment only."""

from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.authenticator import Passkey
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.quick_secrets import put_secret
from tests.support.spc_bundle import SHOP
from tests.support.spc_people import approved, plain_browser
from tests.support.stand_in import BOOKSHOP
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import METHODS, PLAIN_CARD, at_stripe, paid
from tests.support.step_up_results import (
    confirmed,
    tell,
    told,
    untold,
)


@pytest.fixture
def passkey(step_up: StepUpBundle, user: str) -> Passkey:
    return step_up.register(user)


def test_a_confirmation_of_this_payment_is_stored(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision = step_up.decided(payer=step_up.allow(user))
    ceremony = confirmed(step_up, user, passkey)
    found = told(step_up, decision, ceremony_id=ceremony)
    assert found["payment"] is None
    verdict = step_up.verdict({"ceremony_id": ceremony})
    names = ("ceremony_id", "status", "browser_bound", "step_up_required", "authenticated_at")
    assert found["spc"] == {name: verdict[name] for name in names}
    assert found["spc"]["status"] == "authenticated"
    assert told(step_up, decision, ceremony_id=ceremony) == found


def test_a_confirmation_counts_after_the_key_of_its_ceremony_was_rolled(
    step_up: StepUpBundle, step_up_with: Any, user: str, passkey: Passkey
) -> None:
    decision = step_up.decided(payer=step_up.allow(user))
    ceremony = confirmed(step_up, user, passkey)
    step_up_with(tokens=put_secret("rolled", TOKEN_KEY="another"))
    found = told(step_up, decision, ceremony_id=ceremony)
    assert found["spc"]["status"] == "authenticated"


def test_a_verdict_is_stored_as_it_is_when_it_is_reported(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision, ceremony = step_up.decided(payer=step_up.allow(user)), step_up.ask(user)
    named = {"ceremony_id": ceremony["ceremony_id"]}
    assert told(step_up, decision, **named)["spc"]["status"] == "pending"
    wrong = approved(
        ceremony | {"total": {"value": "1", "currency": "EUR"}}, passkey, plain_browser(SHOP)
    )
    for _ in range(5):
        step_up.answer(ceremony, wrong)
    assert told(step_up, decision, **named)["spc"]["status"] == "failed"


@pytest.mark.parametrize("members", [{"amount": 1100}, {"currency": "usd"}])
def test_a_confirmation_of_another_amount_or_currency_is_refused(
    step_up: StepUpBundle, user: str, passkey: Passkey, members: Json
) -> None:
    decision = step_up.decided(payer=step_up.allow(user))
    right = step_up.decided(payer=step_up.allow(user), **members)
    ceremony = confirmed(step_up, user, passkey, **members)
    assert_problem(tell(step_up, decision, ceremony_id=ceremony), 409, "payment_differs")
    untold(step_up, decision)
    assert told(step_up, right, ceremony_id=ceremony)["spc"]["status"] == "authenticated"


def test_a_confirmation_that_began_after_the_decisions_end_is_refused(
    step_up: StepUpBundle, user: str, passkey: Passkey, clock: Clock
) -> None:
    decision = step_up.decided(payer=step_up.allow(user))
    clock.now = decision["expires_at"]
    last = step_up.ask(user)["ceremony_id"]
    clock.advance(1)
    late = confirmed(step_up, user, passkey)
    assert_problem(tell(step_up, decision, ceremony_id=late), 409, "decision_expired")
    untold(step_up, decision)
    assert told(step_up, decision, ceremony_id=last)["spc"]["status"] == "pending"


def test_a_confirmation_of_another_payer_or_at_another_merchant_is_refused(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    step_up.open_shop(BOOKSHOP)
    other = step_up.allow(f"{user}-other")
    decision = step_up.decided(payer=other)
    assert_problem(
        tell(step_up, decision, ceremony_id=confirmed(step_up, user, passkey)),
        409,
        "payment_differs",
    )
    elsewhere = step_up.ask(user, BOOKSHOP)["ceremony_id"]
    own = step_up.decided(payer=step_up.allow(user))
    assert_problem(tell(step_up, own, ceremony_id=elsewhere), 404, "unknown_ceremony")
    for each in (decision, own):
        untold(step_up, each)


def test_a_confirmation_of_another_card_is_refused(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    """What is trusted for one card says nothing of another."""
    card, other = (at_stripe(step_up, METHODS, card={"last4": last4}) for last4 in ("4242", "1111"))
    payer = step_up.allow(user)
    decision = step_up.decided(payer=payer, payment_method=card)
    wrong = confirmed(step_up, user, passkey, payment_method=other)
    assert_problem(tell(step_up, decision, ceremony_id=wrong), 409, "card_differs")
    untold(step_up, decision)
    right = confirmed(step_up, user, passkey, payment_method=card)
    assert told(step_up, decision, ceremony_id=right)["spc"]["status"] == "authenticated"


def test_a_confirmation_of_a_card_does_not_count_for_a_charge_of_another(
    step_up: StepUpBundle, step_up_with: Any, user: str, passkey: Passkey
) -> None:
    """Also where the card was not known when it was decided."""
    step_up_with(SPC_NEW_BROWSERS="accept")
    card = at_stripe(step_up, METHODS, card=PLAIN_CARD)
    decision = step_up.decided(
        payer=step_up.allow(user), amount=20_000, currency="usd", card={"issuer_country": "US"}
    )
    assert decision["methods"] == ["spc", "3ds"]
    order = {"amount": 20_000, "currency": "usd"}
    ceremony = confirmed(step_up, user, passkey, payment_method=card, **order)
    told(step_up, decision, ceremony_id=ceremony)
    payment = paid(step_up, card={"last4": "1111", "country": "US"}, **order)
    assert "proof_missing" in told(step_up, decision, payment_intent=payment)["reasons"]


def test_a_given_confirmation_is_not_replaced_by_another(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision = step_up.decided(payer=step_up.allow(user))
    abandoned = step_up.ask(user)["ceremony_id"]
    assert told(step_up, decision, ceremony_id=abandoned)["spc"]["status"] == "pending"
    ceremony = confirmed(step_up, user, passkey)
    found = told(step_up, decision, ceremony_id=ceremony)
    assert found["spc"]["status"] == "authenticated"
    for other in (abandoned, confirmed(step_up, user, passkey)):
        assert_problem(tell(step_up, decision, ceremony_id=other), 409, "decision_already_used")
    assert told(step_up, decision, ceremony_id=ceremony) == found


def test_a_confirmation_belongs_to_one_decision(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    payer = step_up.allow(user)
    first, second = (step_up.decided(payer=payer) for _ in range(2))
    ceremony = confirmed(step_up, user, passkey)
    told(step_up, first, ceremony_id=ceremony)
    assert_problem(tell(step_up, second, ceremony_id=ceremony), 409, "decision_already_used")
    untold(step_up, second)
    assert told(step_up, first, ceremony_id=ceremony)["spc"]["status"] == "authenticated"


@pytest.mark.parametrize("ceremony", ["", "A" * 43, "é"])
def test_a_ceremony_that_does_not_exist_is_unknown(step_up: StepUpBundle, ceremony: str) -> None:
    decision = step_up.decided()
    assert_problem(tell(step_up, decision, ceremony_id=ceremony), 404, "unknown_ceremony")


def test_the_ceremony_of_a_registration_is_unknown(step_up: StepUpBundle, user: str) -> None:
    ceremony, decision = step_up.begin(user)["ceremony_id"], step_up.decided()
    assert_problem(tell(step_up, decision, ceremony_id=ceremony), 404, "unknown_ceremony")


def test_reporting_one_result_keeps_the_other(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision = step_up.decided(payer=step_up.allow(user))
    ceremony, payment = confirmed(step_up, user, passkey), paid(step_up)
    told(step_up, decision, ceremony_id=ceremony)
    found = told(step_up, decision, payment_intent=payment)
    assert found["spc"]["ceremony_id"] == ceremony
    assert found["payment"]["payment_intent"] == payment
