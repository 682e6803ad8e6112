"""What is captured, what is released, and what becomes of a payment afterwards."""

from collections.abc import Callable

import pytest

from countersign.step_up.decision_record import LASTS
from countersign.stripe_api.refusals import AccountUnreachable
from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.logs import Log
from tests.support.payments_bundle import PaymentsBundle
from tests.support.step_up_bundle import DECISIONS
from tests.support.watched_intents import problem, timed_out

MINUTES, HOURS = 60, 3600


def held(payments: PaymentsBundle, **members: object) -> str:
    """A payment that is authorized, whose outcome we have not heard of."""
    made = payments.created(**{"payment_method": payments.card()} | members)
    payments.intents.fail("confirm", timed_out(done=True))
    payments.intents.fail("retrieve", timed_out())
    assert payments.confirmed(made["id"])["status"] == "processing"
    return str(made["id"])


def swept(payments: PaymentsBundle, clock: Clock, payment: str, after: int = 2 * MINUTES) -> str:
    """The status after the next sweep."""
    clock.advance(after)
    payments.sweep()
    return str(payments.read(payment)["status"])


def test_what_is_authorized_is_settled_by_the_sweep(payments: PaymentsBundle, clock: Clock) -> None:
    assert swept(payments, clock, held(payments)) == "succeeded"
    assert payments.intents.names().count("confirm") == 1


@pytest.mark.parametrize(
    "members",
    [
        {"amount": 1098},
        {"currency": "eur"},
        {"customer": "cus_another"},
        {"application_fee_amount": 5},
        {"on_behalf_of": "acct_another"},
        {"transfer_group": "another"},
        {"capture_method": "automatic"},
        {"metadata": {"countersign_payment": "pay_another"}},
    ],
)
def test_what_was_changed_is_released(
    payments: PaymentsBundle, clock: Clock, log: Log, members: dict[str, object]
) -> None:
    payment = held(payments)
    payments.rewrite(payment, **members)
    assert swept(payments, clock, payment) == "canceled"
    assert payments.intent(payment)["amount_received"] == 0
    assert log.metrics()["PaymentDiffersFromDecision"] == 1


def test_a_refused_proof_is_released(
    payments: PaymentsBundle, pays_by: Callable[[str], object]
) -> None:
    pays_by('[default]\noutcome = "step_up"\nmethods = ["3ds"]\n')
    card = payments.card(plays="processing_error")
    made = payments.created(payment_method=card)
    done = payments.confirmed(made["id"])
    assert (done["status"], done["reason"]) == ("canceled", "proof_missing")


def test_a_review_of_stripes_is_waited_for(payments: PaymentsBundle, clock: Clock) -> None:
    payment = held(payments)
    payments.merchant_does(payment, "open_review")
    assert swept(payments, clock, payment) == "processing"
    payments.merchant_does(payment, "approve_review")
    assert swept(payments, clock, payment, 20 * MINUTES) == "succeeded"


def test_a_review_that_is_refused_releases(payments: PaymentsBundle, clock: Clock) -> None:
    payment = held(payments)
    payments.merchant_does(payment, "open_review")
    payments.merchant_does(payment, "refuse_review")
    assert swept(payments, clock, payment) == "canceled"
    assert payments.read(payment)["reason"] == "review_refused"


def test_an_open_review_ends_an_hour_before_the_hold(
    payments: PaymentsBundle, clock: Clock
) -> None:
    payment = held(payments)
    payments.merchant_does(payment, "open_review")
    until = payments.intent(payment)["latest_charge"]["payment_method_details"]["card"]
    left = until["capture_before"] - clock()
    assert swept(payments, clock, payment, left - 2 * HOURS) == "processing"
    assert swept(payments, clock, payment, HOURS + MINUTES) == "canceled"
    assert payments.read(payment)["reason"] == "hold_over"


def test_a_capture_by_somebody_else_is_marked(
    payments: PaymentsBundle, clock: Clock, log: Log
) -> None:
    payment = held(payments)
    payments.merchant_does(payment, "capture")
    assert swept(payments, clock, payment) == "succeeded"
    assert payments.read(payment)["unproven"] is True
    assert log.metrics()["PaymentUnproven"] == 1


@pytest.mark.parametrize(
    ("do", "reason"), [("cancel", "canceled_at_stripe"), ("expire", "hold_expired")]
)
def test_a_cancellation_at_stripe_is_recorded(
    payments: PaymentsBundle, clock: Clock, do: str, reason: str
) -> None:
    payment = held(payments)
    payments.merchant_does(payment, do)
    assert swept(payments, clock, payment) == "canceled"
    assert payments.read(payment)["reason"] == reason


def test_a_payer_who_leaves_is_waited_for_a_quarter_of_an_hour(
    payments: PaymentsBundle, clock: Clock
) -> None:
    card = payments.card(country="FR", plays="challenge")
    made = payments.created(payment_method=card, amount=90_000, reference="left")
    payments.confirmed(made["id"])
    assert swept(payments, clock, made["id"], 14 * MINUTES) == "requires_action"
    assert swept(payments, clock, made["id"], 2 * MINUTES) == "canceled"
    assert payments.read(made["id"])["reason"] == "abandoned"
    assert payments.create(reference="left").status == 201


def test_an_action_that_nobody_came_back_from_is_not_confirmed(
    payments: PaymentsBundle, clock: Clock
) -> None:
    card = payments.card(country="FR", plays="challenge")
    made = payments.created(payment_method=card, amount=90_000)
    payments.confirmed(made["id"])
    payments.authenticate(made["id"])
    assert swept(payments, clock, made["id"], 16 * MINUTES) == "canceled"
    assert payments.intents.names().count("confirm") == 1


def test_what_is_open_ends_within_a_day(payments: PaymentsBundle, clock: Clock) -> None:
    new = payments.created()["id"]
    tried = payments.created(payment_method=payments.card(last4="9995"))["id"]
    payments.confirmed(tried)
    clock.advance(23 * HOURS - MINUTES)
    payments.sweep()
    assert payments.read(new)["status"] == "requires_card"
    clock.advance(2 * MINUTES)
    payments.sweep()
    for payment in (new, tried):
        assert payments.read(payment)["reason"] == "expired"
    assert payments.intent(tried)["status"] == "canceled"


def test_the_decision_is_told_and_the_payer_known(
    payments: PaymentsBundle, pays_by: Callable[[str], object]
) -> None:
    payer = payments.allow("payer-2")
    made = payments.created(payer=payer, payment_method=payments.card())
    payments.intents.calls.clear()
    asked_before = len(payments.stripe.requests())
    payments.confirmed(made["id"])
    asked = payments.stripe.requests()[asked_before:]
    assert [each["method"] for each in asked if "payment_intents" in each["path"]] == ["POST"] * 3
    decision = payments.decider().get(f"{DECISIONS}/{made['decision']}").json
    assert decision["results"]["fulfilled"] is True
    again = payments.created(payer=payer, payment_method=payments.card())
    later = payments.decider().get(f"{DECISIONS}/{again['decision']}").json
    assert (decision["inputs"]["first_seen"], later["inputs"]["first_seen"]) == (True, False)


def test_a_review_of_ours_is_waited_for(
    payments: PaymentsBundle, pays_by: Callable[[str], object], clock: Clock
) -> None:
    pays_by('[default]\noutcome = "review"\n')
    card = payments.card()
    made = payments.created(payment_method=card)
    assert (made["status"], made["next"]) == ("in_review", "wait_for_review")
    assert payments.confirmed(made["id"])["status"] == "in_review"
    path = f"{DECISIONS}/{made['decision']}/review"
    assert payments.decider().post(path, {"outcome": "proceed"}).status == 200
    clock.advance(MINUTES)
    payments.sweep()
    assert payments.record(made["id"]).status == "ready"
    assert payments.confirmed(made["id"])["status"] == "succeeded"


def test_a_review_may_take_longer_than_its_decision_lasts(
    payments: PaymentsBundle, pays_by: Callable[[str], None], clock: Clock
) -> None:
    pays_by('[default]\noutcome = "review"\n')
    card = payments.card()
    made = payments.created(payment_method=card)
    clock.advance(LASTS + 60)
    assert payments.confirmed(made["id"], payment_method=card)["status"] == "in_review"
    assert payments.read(made["id"])["decision"] == made["decision"]
    path = f"{DECISIONS}/{made['decision']}/review"
    assert payments.decider().post(path, {"outcome": "proceed"}).status == 200
    assert payments.read(made["id"])["status"] == "ready"
    assert payments.confirmed(made["id"])["status"] == "succeeded"


def test_a_challenge_may_end_after_its_decision(payments: PaymentsBundle, clock: Clock) -> None:
    card = payments.card(country="FR", plays="challenge")
    made = payments.created(payment_method=card, amount=90_000)
    clock.advance(LASTS - 120)
    assert payments.confirmed(made["id"])["status"] == "requires_action"
    clock.advance(600)
    payments.authenticate(made["id"])
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    decision = payments.decider().get(f"{DECISIONS}/{made['decision']}").json
    assert decision["results"]["fulfilled"] is True


def test_a_review_that_declines_fails_the_payment(
    payments: PaymentsBundle, pays_by: Callable[[str], object]
) -> None:
    pays_by('[default]\noutcome = "review"\n')
    made = payments.created(payment_method=payments.card(), reference="r")
    path = f"{DECISIONS}/{made['decision']}/review"
    assert payments.decider().post(path, {"outcome": "decline"}).status == 200
    read = payments.read(made["id"])
    assert (read["status"], read["reason"], read["next"]) == ("failed", "declined_by_rules", None)
    assert payments.create(reference="r").status == 201


def test_a_payment_that_the_rules_decline_takes_no_reference(
    payments: PaymentsBundle, pays_by: Callable[[str], object]
) -> None:
    pays_by('[default]\noutcome = "decline"\n')
    made = payments.created(payment_method=payments.card(), reference="r")
    assert made["status"] == "failed"
    assert payments.created(reference="r")["status"] == "requires_card"
    assert_problem(payments.confirm_payment(made["id"]), 409, "payment_ended")
    assert payments.cancel(made["id"]).json["status"] == "failed"


def test_an_account_that_cannot_be_reached_is_alarmed_and_read_once_it_can(
    payments: PaymentsBundle, clock: Clock, log: Log
) -> None:
    payment = held(payments)
    payments.intents.fail("retrieve", problem(AccountUnreachable()))
    assert swept(payments, clock, payment) == "unreachable"
    assert log.metrics()["PaymentUnreachable"] == 1
    payments.intents.fail("retrieve", problem(AccountUnreachable()))
    assert_problem(payments.confirm_payment(payment), 409, "account_unreachable")
    assert swept(payments, clock, payment, 2 * HOURS) == "succeeded"
