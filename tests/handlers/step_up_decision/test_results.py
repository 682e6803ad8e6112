"""What a payment came to: read from Stripe, never accepted from the caller."""

from functools import partial

import pytest

from countersign.installs import access
from countersign.problems import Problem
from countersign.step_up import store
from countersign.step_up.context import contexts
from countersign.step_up.decision_record import DecisionRecord
from countersign.step_up.record_results import record_results
from tests.support.assertions import assert_problem
from tests.support.chromium import Json
from tests.support.logs import Log
from tests.support.spc_bundle import SERVER
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.step_up_bundle import PAN, StepUpBundle
from tests.support.step_up_cards import (
    CARD_PAN,
    DEVICE_CARD,
    METHODS,
    PAN_CARD,
    at_stripe,
    paid,
    rewrite,
    stored,
)
from tests.support.step_up_results import (
    CHALLENGED,
    FRICTIONLESS,
    charge_of,
    confirmed,
    tell,
    told,
    untold,
)
from tests.support.threads import at_once
from tests.support.users import qualified


def test_a_payment_is_stored_with_its_issuers_answer(step_up: StepUpBundle) -> None:
    decision = step_up.decided()
    payment = paid(step_up, three_d_secure=CHALLENGED, electronic_commerce_indicator="05")
    found = told(step_up, decision, payment_intent=payment)
    assert found["spc"] is None
    charge = charge_of(step_up, payment)
    assert found["payment"] == {
        "payment_intent": payment,
        "status": "succeeded",
        "charged_at": stored(step_up, "charge", charge)["created"],
        "amount_received": 1099,
        "amount_captured": 1099,
        "amount_refunded": 0,
        "disputed": False,
        "last_error": None,
        "differs": [],
        "eci": "05",
        "three_d_secure": {
            "result": "authenticated",
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "exemption_indicator": None,
            "exemption_indicator_applied": None,
            "result_reason": None,
            "version": "2.2.0",
        },
    }
    assert told(step_up, decision, payment_intent=payment) == found
    assert "canary" not in step_up.everything_stored()


def test_a_payment_without_a_charge_is_followed_until_it_has_one(step_up: StepUpBundle) -> None:
    decision = step_up.decided()
    payment = paid(step_up, three_d_secure=FRICTIONLESS)
    charge = charge_of(step_up, payment)
    rewrite(step_up, "payment_intent", payment, status="requires_action", latest_charge=None)
    found = told(step_up, decision, payment_intent=payment)["payment"]
    assert (found["status"], found["three_d_secure"], found["eci"]) == (
        "requires_action",
        None,
        None,
    )
    rewrite(step_up, "payment_intent", payment, status="succeeded", latest_charge=charge)
    found = told(step_up, decision, payment_intent=payment)["payment"]
    assert found["three_d_secure"]["authentication_flow"] == "frictionless"


@pytest.mark.parametrize("members", [{"amount": 1100}, {"currency": "usd"}])
def test_a_payment_of_another_amount_or_currency_is_refused(
    step_up: StepUpBundle, members: Json
) -> None:
    decision, before = step_up.decided(), step_up.items()
    payment = paid(step_up, **members)
    assert_problem(tell(step_up, decision, payment_intent=payment), 409, "payment_differs")
    untold(step_up, decision)
    assert {pk: item for pk, item in step_up.items().items() if pk in before} == before
    right = step_up.decided(**members)
    assert told(step_up, right, payment_intent=payment)["payment"]["status"] == "succeeded"


def test_a_payment_on_another_account_does_not_exist(step_up: StepUpBundle) -> None:
    step_up.stripe.install(BAKERY)
    decision = step_up.decided()
    for payment in (paid(step_up, BOOKSHOP), "pi_1none"):
        answer = tell(step_up, decision, payment_intent=payment)
        assert_problem(answer, 422, "invalid_request")
        assert answer.json["errors"][0]["pointer"] == "/payment_intent"
    untold(step_up, decision)


def test_a_decision_serves_one_payment_and_a_payment_one_decision(step_up: StepUpBundle) -> None:
    first, second = step_up.decided(), step_up.decided()
    payment, other = paid(step_up), paid(step_up)
    found = told(step_up, first, payment_intent=payment)
    assert_problem(tell(step_up, first, payment_intent=other), 409, "decision_already_used")
    assert_problem(tell(step_up, second, payment_intent=payment), 409, "decision_already_used")
    untold(step_up, second)
    assert told(step_up, first, payment_intent=payment) == found
    assert told(step_up, second, payment_intent=other)["payment"]["payment_intent"] == other


def test_a_payment_that_failed_may_be_tried_again_on_another_decision(
    step_up: StepUpBundle,
) -> None:
    first, second, payment = step_up.decided(), step_up.decided(), paid(step_up)
    rewrite(step_up, "payment_intent", payment, status="requires_payment_method")
    assert told(step_up, first, payment_intent=payment)["payment"]["status"] == (
        "requires_payment_method"
    )
    rewrite(step_up, "payment_intent", payment, status="succeeded")
    assert told(step_up, second, payment_intent=payment)["payment"]["status"] == "succeeded"
    assert_problem(tell(step_up, first, payment_intent=payment), 409, "decision_already_used")


def test_a_late_reading_does_not_undo_a_payment(step_up: StepUpBundle, user: str) -> None:
    passkey = step_up.register(user)
    decision, payment = step_up.decided(payer=step_up.allow(user)), paid(step_up)
    ceremony = confirmed(step_up, user, passkey)
    for status in ("processing", "requires_capture", "succeeded"):
        rewrite(step_up, "payment_intent", payment, status=status)
        assert told(step_up, decision, payment_intent=payment)["payment"]["status"] == status
    for status in ("requires_capture", "processing", "requires_action"):
        rewrite(step_up, "payment_intent", payment, status=status)
        found = told(step_up, decision, payment_intent=payment, ceremony_id=ceremony)
        assert found["payment"]["status"] == "succeeded"
        assert found["spc"]["status"] == "authenticated"


def test_of_two_payments_at_once_a_decision_serves_one(step_up: StepUpBundle) -> None:
    held = access.require_may_act(contexts().installs, qualified(SERVER), BAKERY)
    for _ in range(3):
        decision = store.load(contexts().step_up.table, step_up.decided()["id"])
        assert decision is not None
        payments = [paid(step_up) for _ in range(2)]
        tries = [
            partial(record_results, contexts(), held, decision, None, each) for each in payments
        ]
        answers = at_once(tries)
        (lost,) = [answer for answer in answers if isinstance(answer, Problem)]
        assert lost.code == "decision_already_used"
        (won,) = [answer for answer in answers if isinstance(answer, DecisionRecord)]
        assert won.results.payment is not None
        assert won.results.payment.payment_intent in payments


DEVICE_OTHERS = [
    {"wallet": {"type": "google_pay", "dynamic_last4": "0000"}},
    PAN_CARD,
    {"last4": PAN[-4:]},
]
PAN_OTHERS = [
    PAN_CARD | {"last4": "0000"},
    PAN_CARD | {"exp_year": 2031},
    PAN_CARD | {"exp_month": 1},
]


@pytest.mark.parametrize(("card", "others"), [(DEVICE_CARD, DEVICE_OTHERS), (PAN_CARD, PAN_OTHERS)])
@pytest.mark.parametrize("by", ["token", "stripe"])
def test_a_payment_is_held_to_the_card_that_was_decided_about(
    step_up: StepUpBundle, card: Json, others: list[Json], by: str
) -> None:
    step_up.stripe.install(BAKERY)
    auth_method = "PAN_ONLY" if card is PAN_CARD else "CRYPTOGRAM_3DS"
    if by == "token":
        decision = step_up.decided_on(step_up.google.token(auth_method))
    else:
        decision = step_up.decided(payment_method=at_stripe(step_up, METHODS, card=card))
    for other in others:
        answer = tell(step_up, decision, payment_intent=paid(step_up, card=other))
        assert_problem(answer, 409, "card_differs")
    untold(step_up, decision)
    found = told(step_up, decision, payment_intent=paid(step_up, card=card))
    assert found["payment"]["status"] == "succeeded"


def test_a_devices_own_number_may_have_another_expiry_at_stripe(step_up: StepUpBundle) -> None:
    decision = step_up.decided_on(step_up.google.token(expiration_month=1, expiration_year=2028))
    assert decision["card"]["dynamic_last4"] == PAN[-4:]
    told(step_up, decision, payment_intent=paid(step_up, card=DEVICE_CARD))


def test_a_payment_without_a_card_is_refused_where_one_was_decided_about(
    step_up: StepUpBundle,
) -> None:
    decision, payment = step_up.decided_on(step_up.google.token()), paid(step_up, card=DEVICE_CARD)
    other = {"type": "sepa_debit", "sepa_debit": {"last4": PAN[-4:]}}
    rewrite(step_up, "charge", charge_of(step_up, payment), payment_method_details=other)
    assert_problem(tell(step_up, decision, payment_intent=payment), 409, "card_differs")


@pytest.mark.parametrize(("after", "refused"), [
    (-61, True), (-59, False), (1859, False), (1861, True),
])  # fmt: skip
def test_a_payment_must_be_made_while_the_decision_may_be_used(
    step_up: StepUpBundle, after: int, refused: bool
) -> None:
    decision, payment = step_up.decided(), paid(step_up)
    moment = decision["created"] + after
    rewrite(step_up, "charge", charge_of(step_up, payment), created=moment)
    if refused:
        assert_problem(tell(step_up, decision, payment_intent=payment), 409, "decision_expired")
        untold(step_up, decision)
    else:
        assert told(step_up, decision, payment_intent=payment)["payment"]["charged_at"] == moment


def test_what_stripe_knows_otherwise_is_reported_and_counted(
    step_up: StepUpBundle, log: Log
) -> None:
    card = {"issuer_country": "US", "network": "visa", "funding": "debit"}
    decision = step_up.decided(card=card)
    honest = paid(step_up, card={"country": "US", "brand": "visa", "funding": "debit"})
    assert told(step_up, decision, payment_intent=honest)["payment"]["differs"] == []
    assert log.metrics() == {}
    decision = step_up.decided(card=card)
    payment = paid(
        step_up, card={"country": "FR", "brand": "amex", "wallet": {"type": "google_pay"}}
    )
    found = told(step_up, decision, payment_intent=payment)["payment"]
    assert found["differs"] == ["issuer_country", "network", "funding", "wallet"]
    assert log.metrics() == {"PaymentDiffersFromDecision": 1}


def test_where_no_card_was_known_any_is_accepted(step_up: StepUpBundle) -> None:
    decision = step_up.decided()
    assert decision["card"] is None
    told(step_up, decision, payment_intent=paid(step_up, card={"last4": CARD_PAN[-4:]}))


@pytest.mark.parametrize("body", [
    {}, {"ceremony_id": None, "payment_intent": None}, {"payment_intent": "ch_1"}, {"payment_intent": "pi_1/.."},
    {"ceremony_id": 5}, {"ceremony_id": "x" * 256}, {"payment_intent": "pi_1", "status": "succeeded"}, {"eci": "05"},
])  # fmt: skip
def test_a_result_is_never_what_the_caller_says_it_is(step_up: StepUpBundle, body: Json) -> None:
    decision = step_up.decided()
    assert_problem(tell(step_up, decision, **body), 422, "invalid_request")
    untold(step_up, decision)
