"""The payer that a reported payment makes known, and the browser that it does not make trusted."""

from collections.abc import Callable

import pytest

from countersign.step_up.rules import RuleBook
from tests.support.chromium import Json
from tests.support.spc_bundle import CREDENTIALS, SHOP
from tests.support.spc_people import bound_browser
from tests.support.stand_in import BOOKSHOP
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import PAN_CARD, paid
from tests.support.step_up_results import CHALLENGED, confirmed, told


def first_seen(step_up: StepUpBundle, payer: str | None) -> bool:
    return bool(step_up.decided(payer=payer)["inputs"]["first_seen"])


@pytest.mark.parametrize("members", [
    {"status": "requires_payment_method"}, {"status": "requires_capture"}, {"status": "canceled"},
    {"three_d_secure": {"result": "attempt_acknowledged"}}, {"on_behalf_of": BOOKSHOP, "three_d_secure": CHALLENGED},
])  # fmt: skip
def test_a_payer_is_not_known_by_a_try_or_by_a_payment_without_the_proof_that_was_asked_for(
    step_up: StepUpBundle, user: str, members: Json
) -> None:
    """Else what was cancelled, or was never proved, would pass the rules on known payers."""
    payer = step_up.allow(user)
    told(step_up, step_up.decided(payer=payer), payment_intent=paid(step_up, **members))
    assert first_seen(step_up, payer) is True


def test_a_payer_is_known_by_a_payment_that_succeeded_as_it_was_decided(
    step_up: StepUpBundle, user: str
) -> None:
    payer = step_up.allow(user)
    payment = paid(step_up, three_d_secure=CHALLENGED)
    assert told(step_up, step_up.decided(payer=payer), payment_intent=payment)["fulfilled"] is True
    assert first_seen(step_up, payer) is False
    assert first_seen(step_up, step_up.allow(f"{user}-2")) is True
    assert first_seen(step_up, None) is True


def test_a_payer_is_not_known_by_what_was_declined(
    step_up: StepUpBundle, user: str, with_rules: Callable[[str], RuleBook]
) -> None:
    payer = step_up.allow(user)
    with_rules('[default]\noutcome = "decline"\n')
    payment = paid(step_up, three_d_secure=CHALLENGED)
    told(step_up, step_up.decided(payer=payer), payment_intent=payment)
    assert first_seen(step_up, payer) is True


def test_a_told_result_makes_no_browser_trusted(step_up: StepUpBundle, user: str) -> None:
    """Whoever tells it may have charged a card of a stranger to the payer."""
    passkey, phone = step_up.register(user), bound_browser(SHOP, "phone")
    payer = step_up.allow(user)
    decision = step_up.decided_on(step_up.google.token("PAN_ONLY"), payer=payer)
    found = {
        "ceremony_id": confirmed(step_up, user, passkey, phone),
        "payment_intent": paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED),
    }
    assert told(step_up, decision, **found)["payment"]["three_d_secure"] is not None
    (credential,) = step_up.payer(user).get(CREDENTIALS).json["data"]
    assert [browser["status"] for browser in credential["browser_keys"]] == ["pending"]
    answer = step_up.confirm(step_up.ask(user), passkey, phone)
    assert (answer.json["browser_bound"], answer.json["step_up_required"]) == ("new", True)
