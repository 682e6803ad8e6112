"""A told result is judged: each row here was answered with 200 and nothing said of it."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from countersign.step_up.read_results import CHALLENGE
from countersign.step_up.rules import RuleBook
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.logs import Log
from tests.support.spc_bundle import SHOP
from tests.support.spc_people import bound_browser
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import StepUpBundle
from tests.support.step_up_cards import METHODS, at_stripe, paid, rewrite
from tests.support.step_up_results import CHALLENGED, charge_of, confirmed, tell, told

FR: Json = {"country": "FR", "last4": "0003"}
TWO_NETWORKS: Json = {"available": ["cartes_bancaires", "visa"], "preferred": "cartes_bancaires"}
METRIC, REFUNDED = "PaymentDiffersFromDecision", "PaymentRefunded"
DECLINED = '[default]\noutcome = "decline"\n'


def decided(step_up: StepUpBundle, card: Json = FR, **members: Any) -> tuple[Json, str]:
    """A decision on a card at Stripe, and its PaymentMethod."""
    method = at_stripe(step_up, METHODS, card=card)
    return step_up.decided(payment_method=method, **members), method


def act(step_up: StepUpBundle, payment: str, do: str, **members: Any) -> None:
    """What the merchant or the issuer does at Stripe."""
    order = {"account": BAKERY, "payment_intent": payment, "do": do, **members}
    assert step_up.stripe.post("/_merchant", order).status_code == 200


def test_what_was_paid_as_it_was_decided_is_fulfilled(step_up: StepUpBundle, log: Log) -> None:
    decision, method = decided(step_up)
    order = {"payment_method": method, "capture_method": "manual", "request_three_d_secure": "any"}
    payment = paid(step_up, **order)
    held = told(step_up, decision, payment_intent=payment)
    assert (held["fulfilled"], held["reasons"]) == (None, [])
    act(step_up, payment, "capture")
    found = told(step_up, decision, payment_intent=payment)
    assert (found["fulfilled"], found["reasons"]) == (True, [])
    assert found["payment"]["three_d_secure"]["authentication_flow"] == "frictionless"
    assert log.metrics() == {}


@pytest.mark.parametrize(("members", "acts", "reasons"), [
    ({"request_three_d_secure": "automatic"}, [("capture", {})], ["proof_missing"]),
    ({}, [("capture", {"amount": 109_900})], ["amount_differs"]), ({}, [("capture", {"amount": 1})], ["amount_differs"]),
    ({}, [("capture", {}), ("refund", {"amount": 1})], ["refunded"]),
    ({}, [("capture", {}), ("dispute", {})], ["disputed"]),
    ({}, [("capture", {}), ("refund", {}), ("dispute", {})], ["refunded", "disputed"]),
    ({"on_behalf_of": BOOKSHOP}, [("capture", {})], ["another_account"]),
    ({"transfer_to": BOOKSHOP}, [("capture", {})], ["another_account"]), ({"on_behalf_of": BAKERY}, [("capture", {})], []),
    ({}, [("cancel", {})], None), ({}, [("expire", {})], None),
])  # fmt: skip
def test_what_was_done_otherwise_is_said_counted_and_logged(
    step_up: StepUpBundle, log: Log, members: Json, acts: Any, reasons: list[str] | None
) -> None:
    decision, method = decided(step_up)
    order = {"request_three_d_secure": "any"} | members
    payment = paid(step_up, payment_method=method, capture_method="manual", **order)
    for do, more in acts:
        act(step_up, payment, do, **more)
    for _ in range(2):
        found = told(step_up, decision, payment_intent=payment)
        expected = (None if reasons is None else not reasons, reasons or [])
        assert (found["fulfilled"], found["reasons"]) == expected
    # Told twice, counted once.
    metric = REFUNDED if reasons == ["refunded"] else METRIC
    assert log.metrics() == ({metric: 1} if reasons else {})
    said = [entry["reasons"] for entry in log.entries() if "reasons" in entry]
    assert said == ([reasons] if reasons else [])


def test_a_refund_that_is_told_later_changes_the_judgment(step_up: StepUpBundle, log: Log) -> None:
    decision, method = decided(step_up)
    payment = paid(step_up, payment_method=method, request_three_d_secure="any")
    assert told(step_up, decision, payment_intent=payment)["fulfilled"] is True
    act(step_up, payment, "refund")
    assert told(step_up, decision, payment_intent=payment)["reasons"] == ["refunded"]
    # It does not hide what is heard one by one.
    assert log.metrics() == {REFUNDED: 1}


def test_a_payment_that_was_to_be_declined_is_never_fulfilled(
    step_up: StepUpBundle, with_rules: Callable[[str], RuleBook]
) -> None:
    with_rules(DECLINED)
    decision, method = decided(step_up)
    payment = paid(step_up, payment_method=method, three_d_secure=CHALLENGED)
    found = told(step_up, decision, payment_intent=payment)
    assert found["reasons"] == ["captured_after_decline"]


def test_3d_secure_that_stripe_adds_by_itself_counts(step_up: StepUpBundle) -> None:
    """A soft decline on session: Stripe asks for a challenge that nobody requested."""
    decision, method = decided(step_up, {"last4": "3220", "country": "FR"})
    payment = paid(step_up, payment_method=method, request_three_d_secure="automatic")
    assert told(step_up, decision, payment_intent=payment)["payment"]["status"] == "requires_action"
    order = {"payment_intent": payment, "outcome": "pass"}
    assert step_up.stripe.post("/_authenticate", order).status_code == 200
    assert told(step_up, decision, payment_intent=payment)["fulfilled"] is True


def test_a_soft_decline_with_nobody_there_is_shown(step_up: StepUpBundle) -> None:
    """The payer is asked to come back, on another decision, with the same PaymentIntent."""
    decision, method = decided(step_up, {"last4": "3220"}, off_session=True)
    payment = paid(step_up, payment_method=method, off_session=True)
    found = told(step_up, decision, payment_intent=payment)
    assert found["payment"]["last_error"] == "authentication_required"
    assert found["fulfilled"] is None


def test_the_card_is_held_to_its_fingerprint(step_up: StepUpBundle, log: Log) -> None:
    decision, _ = decided(step_up)
    other = paid(step_up, card=FR | {"fingerprint": "another"}, three_d_secure=CHALLENGED)
    assert_problem(tell(step_up, decision, payment_intent=other), 409, "card_differs")
    # The money has moved all the same.
    assert log.metrics() == {METRIC: 1}


@pytest.mark.parametrize(("charged", "differs"), [
    ({"network": "cartes_bancaires"}, []), ({"network": "visa", "brand": "visa"}, ["network"]),
    ({"network": "visa", "brand": "cartes_bancaires"}, ["network"]),
    ({"network": "cartes_bancaires", "wallet": {"type": "apple_pay"}}, ["wallet"]),
])  # fmt: skip
def test_the_network_that_the_payer_chose_is_held_to_and_the_wallet(
    step_up: StepUpBundle, charged: Json, differs: list[str]
) -> None:
    decision, method = decided(step_up, FR | {"networks": TWO_NETWORKS})
    assert decision["card"]["network"] == "cartes_bancaires"
    payment = paid(step_up, payment_method=method, three_d_secure=CHALLENGED)
    document = step_up.stripe.backend.store.get("charge", charge_of(step_up, payment))
    assert document is not None
    details = document["object"]["payment_method_details"]
    changed = {"type": "card", "card": details["card"] | charged}
    rewrite(step_up, "charge", document["object"]["id"], payment_method_details=changed)
    found = told(step_up, decision, payment_intent=payment)
    assert found["payment"]["differs"] == differs
    assert found["reasons"] == (["card_differs"] if differs else [])


def test_a_capture_on_a_decision_that_has_expired_is_refused_and_counted(
    step_up: StepUpBundle, log: Log
) -> None:
    decision, method = decided(step_up)
    payment = paid(step_up, payment_method=method, three_d_secure=CHALLENGED)
    late = decision["expires_at"] + CHALLENGE + 61
    rewrite(step_up, "charge", charge_of(step_up, payment), created=late)
    assert_problem(tell(step_up, decision, payment_intent=payment), 409, "decision_expired")
    assert log.metrics() == {METRIC: 1}


def test_a_refusal_of_what_was_captured_all_the_same_is_counted(
    step_up: StepUpBundle, log: Log
) -> None:
    """Each was refused without a word to anybody but the merchant who had taken the money."""
    decision, method = decided(step_up)
    paid_in = {"payment_method": method, "request_three_d_secure": "any"}
    other_amount = paid(step_up, amount=109_900, **paid_in)
    assert_problem(tell(step_up, decision, payment_intent=other_amount), 409, "payment_differs")
    assert log.metrics() == {METRIC: 1}
    assert told(step_up, decision, payment_intent=paid(step_up, **paid_in))["fulfilled"] is True
    again = paid(step_up, **paid_in)
    assert_problem(tell(step_up, decision, payment_intent=again), 409, "decision_already_used")
    assert log.metrics() == {METRIC: 2}
    held = paid(step_up, capture_method="manual", **paid_in)
    assert_problem(tell(step_up, decision, payment_intent=held), 409, "decision_already_used")
    assert log.metrics() == {METRIC: 2}


def test_a_payment_without_a_card_fulfills_no_decision(step_up: StepUpBundle) -> None:
    step_up.learn(BAKERY, country="US", country_at=int(time.time()))
    decision, payment = step_up.decided(card={"issuer_country": "US"}), paid(step_up)
    assert decision["next"] == "pay"
    other = {"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}
    rewrite(step_up, "charge", charge_of(step_up, payment), payment_method_details=other)
    assert_problem(tell(step_up, decision, payment_intent=payment), 409, "card_differs")


@pytest.mark.parametrize("new_browsers", ["step_up", "accept"])
def test_a_confirmation_that_suffices_may_be_told_after_the_payment(
    step_up_with: Callable[..., StepUpBundle],
    user: str,
    with_rules: Callable[[str], RuleBook],
    new_browsers: str,
) -> None:
    step_up = step_up_with(SPC_NEW_BROWSERS=new_browsers)
    with_rules('[default]\noutcome = "step_up"\nmethods = ["spc", "3ds"]\n')
    passkey, payer = step_up.register(user), step_up.allow(user)
    decision, method = decided(step_up, {"country": "US"}, payer=payer)
    ceremony = confirmed(step_up, user, passkey, bound_browser(SHOP, "phone"))
    payment = paid(step_up, payment_method=method)
    first = told(step_up, decision, payment_intent=payment)
    assert first["reasons"] == ["proof_missing"]
    assert step_up.decided(payer=payer)["inputs"]["first_seen"] is True
    second = told(step_up, decision, ceremony_id=ceremony)
    assert second["fulfilled"] is (new_browsers == "accept")
    known = step_up.decided(payer=payer)["inputs"]["first_seen"] is False
    assert known is (new_browsers == "accept")
