"""The payer that a reported payment makes known, and the browser that it does not vouch for."""

from tests.support.spc_bundle import CREDENTIALS, SHOP
from tests.support.spc_people import bound_browser
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import PAN_CARD, paid
from tests.support.step_up_results import CHALLENGED, confirmed, told


def test_a_payer_is_known_after_a_payment_and_not_after_a_try(
    step_up: StepUpBundle, user: str
) -> None:
    """Else a second request would pass a rule on first-seen payers."""
    payer = step_up.allow(user)
    tries = [step_up.decided(payer=payer) for _ in range(3)]
    assert [each["inputs"]["first_seen"] for each in tries] == [True] * 3
    told(step_up, tries[0], payment_intent=paid(step_up, status="requires_payment_method"))
    assert step_up.decided(payer=payer)["inputs"]["first_seen"] is True
    told(step_up, tries[1], payment_intent=paid(step_up, status="requires_capture"))
    assert step_up.decided(payer=payer)["inputs"]["first_seen"] is False
    assert step_up.decided(payer=step_up.allow(f"{user}-2"))["inputs"]["first_seen"] is True
    assert step_up.decided()["inputs"]["first_seen"] is True


def test_a_told_result_vouches_for_no_browser(step_up: StepUpBundle, user: str) -> None:
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
