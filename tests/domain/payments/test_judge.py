"""Whether an authorized payment is captured, canceled or looked at again."""

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from countersign.payments.attempt import NO_MONEY, Money
from countersign.payments.intent import Intent, read_intent
from countersign.payments.judge import (
    BEFORE_END,
    HOLD,
    Verdict,
    hold_ends,
    judge,
)
from countersign.payments.liability import liability_of
from countersign.payments.misfits import MEANINGS, Misfit
from countersign.payments.named_card import NamedCard
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import Status
from countersign.step_up.decision_record import LASTS, DecisionRecord
from countersign.step_up.review import Review
from tests.support.clock import START
from tests.support.payment_objects import (
    DECIDED,
    ORDER,
    authorized,
    card_details,
    charge,
    decision,
    intent,
    new_payment,
)

Json = dict[str, Any]
DECISION = decision()
ENDS = START + 7 * 86400
SECURE = card_details()["three_d_secure"]


def judged(
    found: Json | None = None,
    decided: DecisionRecord | None = DECISION,
    record: PaymentRecord | None = None,
    now: int = START + 5,
    livemode: bool = False,
) -> Verdict:
    """The verdict on a payment that is in order but for what the test says."""
    payment = record or authorized(decided or DECISION)
    return judge(payment, decided, read_intent(found or intent(payment)), livemode, now)


def changed(record: PaymentRecord | None = None, **members: Any) -> Verdict:
    payment = record or authorized(DECISION)
    return judged(intent(payment, **members), record=payment)


def charged(card: Json | None = None, **members: Any) -> Verdict:
    return changed(latest_charge=charge(card_details(**card) if card else None, **members))


def secured(result: str | None, **members: Any) -> Json:
    """A PaymentIntent of the payment of `DECISION` with this result of 3-D Secure."""
    secure = None if result is None else {**SECURE, "result": result, **members}
    return intent(authorized(DECISION), latest_charge=charge(card_details(three_d_secure=secure)))


def test_a_payment_as_it_was_decided_is_captured() -> None:
    assert judged() == Verdict("capture", "approved")


def test_every_misfit_has_its_meaning() -> None:
    assert set(MEANINGS) == set(get_args(Misfit))


@pytest.mark.parametrize(
    ("members", "misfit"),
    [
        ({"id": "pi_2"}, "another_payment"),
        ({"metadata": {}}, "another_payment"),
        ({"metadata": {"countersign_payment": "pay_of_another"}}, "another_payment"),
        ({"livemode": True}, "mode_differs"),
        ({"amount": 1098}, "amount_differs"),
        ({"amount": 1_099_000}, "amount_differs"),
        ({"amount_capturable": 1}, "amount_differs"),
        ({"currency": "usd"}, "amount_differs"),
        ({"capture_method": "automatic"}, "capture_method_differs"),
        ({"capture_method": None}, "capture_method_differs"),
        ({"confirmation_method": "automatic"}, "capture_method_differs"),
        ({"customer": "cus_another"}, "customer_differs"),
        ({"application_fee_amount": 1}, "fee_differs"),
        ({"on_behalf_of": "acct_other"}, "another_account"),
        ({"transfer_data": {"destination": "acct_other"}}, "another_account"),
        ({"transfer_group": "group"}, "another_account"),
        ({"review": {"id": "prv_1", "open": False, "reason": "refunded"}}, "review_refused"),
        ({"review": {"id": "prv_1", "open": False, "reason": None}}, "review_refused"),
    ],
    ids=str,
)
def test_what_differs_about_the_payment_intent_cancels(members: Json, misfit: Misfit) -> None:
    assert changed(**members) == Verdict("cancel", misfit, (misfit,))


@pytest.mark.parametrize(
    ("members", "misfit"),
    [
        ({"amount": 1098}, "amount_differs"),
        ({"amount_refunded": 1}, "refunded"),
        ({"disputed": True}, "disputed"),
        ({"payment_method": "pm_another"}, "card_differs"),
        ({"transfer_data": {"destination": "acct_other"}}, "another_account"),
        ({"on_behalf_of": "acct_other"}, "another_account"),
    ],
    ids=str,
)
def test_what_differs_about_the_charge_cancels(members: Json, misfit: Misfit) -> None:
    assert charged(**members) == Verdict("cancel", misfit, (misfit,))


@pytest.mark.parametrize(
    "card",
    [
        {"fingerprint": "fp_of_another"},
        {"fingerprint": None},
        {"last4": "1881"},
        {"exp_month": 1},
        {"exp_year": 2031},
        {"wallet": {"type": "link"}},
    ],
    ids=str,
)
def test_another_card_cancels(card: Json) -> None:
    assert charged(card) == Verdict("cancel", "card_differs", ("card_differs",))


def test_a_charge_of_something_else_than_a_card_cancels() -> None:
    found = charge(payment_method_details={"type": "sepa_debit", "sepa_debit": {}})
    assert changed(latest_charge=found).misfits == ("card_differs", "proof_missing")


def test_a_network_that_the_card_does_not_have_cancels() -> None:
    verdict = charged({"network": "mastercard", "brand": "mastercard"})
    assert verdict == Verdict("cancel", "network_differs", ("network_differs",))


def test_a_co_badged_card_runs_on_the_network_that_its_payer_chose_where_they_did() -> None:
    chosen = replace(DECIDED, network="cartes_bancaires", chosen_network="cartes_bancaires")
    for card, ran, misfits in (
        (chosen, "cartes_bancaires", ()),
        (chosen, "visa", ("network_differs",)),
        (DECIDED, "cartes_bancaires", ()),
    ):
        decided = decision(card=card)
        payment = authorized(decided, card=NamedCard(card, "pm_1"))
        found = intent(payment, latest_charge=charge(card_details(network=ran)))
        assert judged(found, decided, payment).misfits == misfits


def test_an_exemption_that_was_not_applied_matters_where_nobody_was_authenticated() -> None:
    missed = {"exemption_indicator": "low_risk", "exemption_indicator_applied": False}
    decided = decision(captures=("authenticated", "exempted"))
    for result, misfits in (("authenticated", ()), ("exempted", ("exemption_not_applied",))):
        payment = authorized(decided)
        card = card_details(three_d_secure=SECURE | missed | {"result": result})
        found = intent(payment, latest_charge=charge(card))
        assert judged(found, decided, payment).misfits == misfits


def test_a_charge_runs_on_any_network_that_the_card_has() -> None:
    both = replace(DECIDED, networks=("cartes_bancaires", "visa"))
    decided = decision(card=both)
    for ran, misfits in (
        ("cartes_bancaires", ()), ("visa", ()), ("unknown", ()), ("jcb", ("network_differs",)),
    ):  # fmt: skip
        payment = authorized(decided, card=NamedCard(both, "pm_1"))
        found = intent(payment, latest_charge=charge(card_details(network=ran)))
        assert judged(found, decided, payment).misfits == misfits


def test_a_payment_that_nobody_has_attempted_cancels() -> None:
    found = intent(authorized(DECISION))
    record = replace(
        authorized(DECISION), attempt=None, id=found["metadata"]["countersign_payment"]
    )
    assert judged(found, record=record).misfits == ("decision_over",)


def test_an_attempt_after_the_time_of_its_decision_cancels() -> None:
    record = authorized(DECISION)
    assert record.attempt is not None
    for began, misfits in ((START + LASTS, ()), (START + LASTS + 1, ("decision_over",))):
        late = replace(record, attempt=replace(record.attempt, at=began))
        assert judged(intent(late), record=late).misfits == misfits


def test_an_attempt_after_the_end_of_a_review_counts() -> None:
    reviewed = DECISION.reviewed(DECISION.order, Review("proceed", START + 9000, "f" * 64))
    record = authorized(DECISION)
    assert record.attempt is not None
    late = replace(record, attempt=replace(record.attempt, at=START + 9100))
    assert judged(intent(late), reviewed, late).kind == "capture"


def test_each_fact_that_does_not_fit_is_named() -> None:
    verdict = changed(currency="usd", customer="cus_another", livemode=True)
    misfits = ("mode_differs", "amount_differs", "customer_differs")
    assert verdict == Verdict("cancel", "mode_differs", misfits)


def test_customer_and_fee_are_those_that_were_fixed() -> None:
    order = replace(ORDER, customer="cus_1", application_fee_amount=10)
    record = authorized(DECISION, order=order)
    assert judged(intent(record), record=record).kind == "capture"
    assert changed(record, customer=None).misfits == ("customer_differs",)
    assert changed(record, application_fee_amount=None).misfits == ("fee_differs",)
    assert changed(record, application_fee_amount=11).misfits == ("fee_differs",)


def test_a_token_is_charged_with_the_method_that_it_makes() -> None:
    named = NamedCard(DECIDED, confirmation_token="ctoken_1")
    record = authorized(DECISION, card=named)
    made = intent(record, latest_charge=charge(payment_method="pm_made"))
    assert judged(made, record=record).kind == "capture"
    other = charge(card_details(fingerprint="fp_2"), payment_method="pm_made")
    assert judged(intent(record, latest_charge=other), record=record).misfits == ("card_differs",)


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ("authenticated", "capture"),
        ("attempt_acknowledged", "cancel"),
        ("exempted", "cancel"),
        ("failed", "cancel"),
        ("not_supported", "cancel"),
        ("processing_error", "cancel"),
        ("another_word", "cancel"),
        (None, "cancel"),
    ],
)
def test_a_result_of_3d_secure_is_one_that_the_decision_accepts(
    result: str | None, kind: str
) -> None:
    verdict = judged(secured(result))
    assert verdict.kind == kind
    assert verdict.misfits == (() if kind == "capture" else ("proof_missing",))


def test_a_confirmed_payment_is_held_to_what_suffices_after_a_confirmation() -> None:
    confirmed = authorized(DECISION, proof="spc")
    for result, kind in ((None, "capture"), ("authenticated", "capture"), ("failed", "cancel")):
        secure = None if result is None else SECURE | {"result": result}
        found = charge(card_details(three_d_secure=secure))
        assert judged(intent(confirmed, latest_charge=found), record=confirmed).kind == kind


def test_a_decision_against_the_payment_accepts_no_result() -> None:
    for outcome in ("review", "decline"):
        against = decision(outcome=outcome, captures=(), captures_after_confirmation=())
        assert judged(decided=against).misfits == ("proof_missing",)


def test_an_exemption_that_was_asked_for_and_not_applied_cancels() -> None:
    accepting = decision(captures=("authenticated", "exempted", "none"))
    record = authorized(accepting)
    for applied, misfits in ((True, ()), (False, ("exemption_not_applied",))):
        secure = {
            "result": "exempted",
            "exemption_indicator": "low_risk",
            "exemption_indicator_applied": applied,
        }
        found = intent(record, latest_charge=charge(card_details(three_d_secure=secure)))
        assert judged(found, accepting, record).misfits == misfits


def test_a_wallet_is_the_one_that_was_decided_about() -> None:
    device = replace(DECIDED, wallet="apple_pay", dynamic_last4="0001", last4="4242")
    decided = decision(card=device, captures=("none",))
    record = authorized(decided, card=NamedCard(device, "pm_1"), proof="wallet")
    for wallet, kind in (
        ({"type": "apple_pay", "dynamic_last4": "0001"}, "capture"),
        ({"type": "apple_pay", "dynamic_last4": "0002"}, "cancel"),
        ({"type": "google_pay", "dynamic_last4": "0001"}, "cancel"),
        (None, "cancel"),
    ):
        found = charge(card_details(three_d_secure=None, wallet=wallet))
        assert judged(intent(record, latest_charge=found), decided, record).kind == kind


def test_what_is_not_read_is_waited_for_until_an_hour_before_the_hold_ends() -> None:
    record = authorized(DECISION)
    unread = intent(record, review="prv_1")
    opened = intent(record, review={"id": "prv_1", "open": True, "reason": "rule"})
    late = Verdict("cancel", "hold_over", ("hold_over",))
    for found, reason in ((unread, "review_not_read"), (opened, "review_open")):
        soon = judged(found, record=record, now=ENDS - BEFORE_END - 1)
        assert soon == Verdict("wait", reason)
        assert judged(found, record=record, now=ENDS - BEFORE_END) == late


def test_a_charge_or_decision_that_is_not_read_is_waited_for() -> None:
    record = authorized(DECISION)
    uncharged = intent(record, latest_charge="ch_1")
    for found, decided in ((uncharged, DECISION), (intent(record), None)):
        assert judged(found, decided, record) == Verdict("wait", "charge_not_read")
    assert judged(uncharged, DECISION, record, now=START + HOLD - BEFORE_END).kind == "cancel"
    assert judged(intent(record), None, record, now=ENDS - BEFORE_END).kind == "cancel"


def test_a_misfit_cancels_while_a_review_is_open() -> None:
    opened = {"id": "prv_1", "open": True, "reason": "rule"}
    assert changed(review=opened, amount=1).kind == "cancel"


def test_an_approved_review_lets_a_payment_be_captured() -> None:
    approved = {"id": "prv_1", "open": False, "reason": "approved"}
    assert changed(review=approved).kind == "capture"


def test_a_hold_that_has_ended_is_not_captured() -> None:
    assert judged(now=ENDS - 1).kind == "capture"
    assert judged(now=ENDS).misfits == ("hold_over",)


def test_where_stripe_does_not_say_how_long_a_hold_lasts_it_is_four_days() -> None:
    record = authorized(DECISION)
    bare = intent(record, latest_charge=charge(card_details(capture_before=None)))
    assert hold_ends(record, read_intent(bare)) == START + HOLD
    known = replace(record, money=replace(NO_MONEY, capture_before=START + 50))
    assert hold_ends(known, None) == START + 50
    assert hold_ends(replace(record, attempt=None), None) == record.created + HOLD


def test_the_mode_is_that_of_the_deployment() -> None:
    assert judged(livemode=True).misfits == ("mode_differs",)
    record = authorized(DECISION)
    assert judged(intent(record, livemode=True), record=record, livemode=True).kind == "capture"


@pytest.mark.parametrize(
    ("money", "liability"),
    [
        (Money(), "unknown"),
        (Money(charge="ch_1"), "merchant"),
        (Money(charge="ch_1", three_d_secure="authenticated"), "issuer"),
        (Money(charge="ch_1", three_d_secure="attempt_acknowledged"), "issuer"),
        (Money(charge="ch_1", three_d_secure="exempted"), "merchant"),
        (Money(charge="ch_1", three_d_secure="not_supported"), "merchant"),
        (Money(charge="ch_1", three_d_secure="failed"), "merchant"),
        (Money(charge="ch_1", wallet="apple_pay"), "unknown"),
        (Money(charge="ch_1", wallet="google_pay", three_d_secure="authenticated"), "issuer"),
    ],
    ids=str,
)
def test_who_bears_a_dispute_follows_from_3d_secure(money: Money, liability: str) -> None:
    assert liability_of(new_payment(money=money)) == liability


@pytest.mark.parametrize("status", ["canceled", "failed"])
def test_nobody_bears_a_dispute_about_money_that_was_not_taken(status: Status) -> None:
    released = Money(charge="ch_1", three_d_secure="authenticated")
    assert liability_of(new_payment(status=status, money=released)) == "unknown"
    taken = replace(released, captured=1099)
    assert liability_of(new_payment(status=status, money=taken)) == "issuer"


def test_the_intent_of_the_tests_is_authorized() -> None:
    found: Intent = read_intent(intent(authorized(DECISION)))
    assert (found.is_captured, found.is_canceled, found.review) == (False, False, "none")
