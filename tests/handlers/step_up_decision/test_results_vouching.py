"""The payer that a reported payment makes known, and the browser that it vouches for."""

from functools import partial

import pytest

from countersign.installs import access
from countersign.step_up import store
from countersign.step_up.context import contexts
from countersign.step_up.record_results import record_results
from tests.support.authenticator import Passkey
from tests.support.chromium import Json
from tests.support.clock import Clock
from tests.support.races import overtaken
from tests.support.spc_bundle import CREDENTIALS, SERVER, SHOP
from tests.support.spc_people import bound_browser
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import (
    PAN_CARD,
    paid,
    rewrite,
)
from tests.support.step_up_results import (
    CHALLENGED,
    FRICTIONLESS,
    confirmed,
    tell,
    told,
)
from tests.support.users import qualified


@pytest.fixture
def passkey(step_up: StepUpBundle, user: str) -> Passkey:
    return step_up.register(user)


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


def browser_of(step_up: StepUpBundle, user: str) -> str | None:
    """The status of the one browser that the payer has confirmed in."""
    (credential,) = step_up.payer(user).get(CREDENTIALS).json["data"]
    keys = credential["browser_keys"]
    return keys[0]["status"] if keys else None


def of_a_card(step_up: StepUpBundle, user: str) -> Json:
    """A decision about this payer's card, which can do 3-D Secure."""
    return step_up.decided_on(step_up.google.token("PAN_ONLY"), payer=step_up.allow(user))


ORDERS = [("ceremony_id", "payment_intent"), ("payment_intent", "ceremony_id"), ("both",)]


@pytest.mark.parametrize("telling", ORDERS)
def test_the_issuers_challenge_vouches_for_the_browser_of_the_same_payment(
    step_up: StepUpBundle, user: str, passkey: Passkey, telling: tuple[str, ...]
) -> None:
    decision = of_a_card(step_up, user)
    found = {
        "ceremony_id": confirmed(step_up, user, passkey, bound_browser(SHOP, "phone")),
        "payment_intent": paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED),
    }
    for step in telling:
        assert browser_of(step_up, user) == "pending"
        told(step_up, decision, **(found if step == "both" else {step: found[step]}))
    assert browser_of(step_up, user) == "trusted"
    told(step_up, decision, **found)
    assert browser_of(step_up, user) == "trusted"


def test_two_results_reported_at_once_count_together(
    step_up: StepUpBundle, user: str, passkey: Passkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = of_a_card(step_up, user)
    ceremony = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    payment = paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED)
    held = access.require_may_act(contexts().installs, qualified(SERVER), BAKERY)
    item = store.load(contexts().step_up.table, decision["id"])
    assert item is not None
    overtaken(monkeypatch, partial(record_results, contexts(), held, item, ceremony, None))
    found = told(step_up, decision, payment_intent=payment)
    assert found["spc"]["status"] == "authenticated"
    assert browser_of(step_up, user) == "trusted"


@pytest.mark.parametrize("proof", [
    None, FRICTIONLESS, CHALLENGED | {"result": "failed"}, CHALLENGED | {"result": "attempt_acknowledged"},
    CHALLENGED | {"result": "exempted"}, CHALLENGED | {"authentication_flow": None}, CHALLENGED | {"result": None},
])  # fmt: skip
def test_no_other_3d_secure_vouches(
    step_up: StepUpBundle, user: str, passkey: Passkey, proof: Json | None
) -> None:
    decision = of_a_card(step_up, user)
    ceremony = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    payment = paid(step_up, card=PAN_CARD, three_d_secure=proof)
    told(step_up, decision, ceremony_id=ceremony, payment_intent=payment)
    assert browser_of(step_up, user) == "pending"


def test_a_payment_that_was_not_authorized_vouches_for_nothing(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision = of_a_card(step_up, user)
    ceremony = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    payment = paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED)
    rewrite(step_up, "payment_intent", payment, status="requires_payment_method")
    told(step_up, decision, ceremony_id=ceremony, payment_intent=payment)
    assert browser_of(step_up, user) == "pending"


def test_a_decision_without_the_payer_or_the_card_vouches_for_nothing(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    nobody = step_up.decided_on(step_up.google.token("PAN_ONLY"))
    no_card = step_up.decided(payer=step_up.allow(user))
    for decision in (nobody, no_card):
        ceremony = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
        payment = paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED)
        told(step_up, decision, ceremony_id=ceremony, payment_intent=payment)
        assert browser_of(step_up, user) == "pending"


def test_no_confirmation_before_the_decision_or_after_the_payment_is_vouched_for(
    step_up: StepUpBundle, user: str, passkey: Passkey, clock: Clock
) -> None:
    early = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    clock.advance(1)
    decision, payment = (
        of_a_card(step_up, user),
        paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED),
    )
    answer = tell(step_up, decision, ceremony_id=early, payment_intent=payment)
    assert (answer.status, answer.code) == (409, "decision_expired")
    assert browser_of(step_up, user) == "pending"
    decision, payment = (
        of_a_card(step_up, user),
        paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED),
    )
    told(step_up, decision, payment_intent=payment)
    clock.advance(120)
    late = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    told(step_up, decision, ceremony_id=late)
    assert browser_of(step_up, user) == "pending"


def test_a_challenge_of_another_decisions_payment_vouches_for_nothing(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    first, second = (of_a_card(step_up, user) for _ in range(2))
    ceremony = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    told(step_up, first, ceremony_id=ceremony)
    told(step_up, second, payment_intent=paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED))
    assert browser_of(step_up, user) == "pending"


def test_a_challenge_without_a_confirmation_vouches_for_nothing(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision = of_a_card(step_up, user)
    waiting = step_up.ask(user)["ceremony_id"]
    payment = paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED)
    told(step_up, decision, ceremony_id=waiting, payment_intent=payment)
    assert browser_of(step_up, user) is None


def test_a_browser_that_binds_nothing_stays_unknown(
    step_up: StepUpBundle, user: str, passkey: Passkey
) -> None:
    decision, ceremony = of_a_card(step_up, user), confirmed(step_up, user, passkey)
    payment = paid(step_up, card=PAN_CARD, three_d_secure=CHALLENGED)
    told(step_up, decision, ceremony_id=ceremony, payment_intent=payment)
    assert browser_of(step_up, user) is None
