"""Calls to Stripe whose outcome is not known: it is read, and never guessed."""

import pytest

from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.payments_bundle import PaymentsBundle
from tests.support.watched_intents import Fault, failed, locked, running, timed_out

MINUTES = 60


def ready(payments: PaymentsBundle, **members: object) -> str:
    """A payment that is about to be confirmed."""
    return str(payments.created(**{"payment_method": payments.card()} | members)["id"])


@pytest.mark.parametrize("fault", [timed_out(done=True), failed(done=True)])
def test_an_attempt_that_was_carried_out_is_read(payments: PaymentsBundle, fault: Fault) -> None:
    payment = ready(payments)
    payments.intents.fail("confirm", fault)
    assert payments.confirmed(payment)["status"] == "succeeded"
    assert payments.intents.names() == ["create", "confirm", "retrieve", "capture"]


@pytest.mark.parametrize("fault", [timed_out(), failed(), locked(), running()])
def test_an_attempt_that_was_not_carried_out_is_waited_for(
    payments: PaymentsBundle, clock: Clock, fault: Fault
) -> None:
    payment = ready(payments)
    payments.intents.fail("confirm", fault)
    assert payments.confirmed(payment)["status"] == "processing"
    answer = payments.confirm_payment(payment)
    assert_problem(answer, 409, "payment_busy")
    assert int(answer.headers["retry-after"]) <= 30
    clock.advance(3 * MINUTES)
    payments.sweep()
    assert payments.read(payment)["status"] == "ready"
    assert payments.confirmed(payment)["status"] == "succeeded"


def test_an_attempt_is_repeated_with_its_key(payments: PaymentsBundle, clock: Clock) -> None:
    payment = ready(payments)
    payments.intents.fail("confirm", timed_out())
    payments.confirmed(payment)
    clock.advance(31)
    assert payments.confirmed(payment)["status"] == "succeeded"
    first, second = [call for call in payments.intents.calls if call.name == "confirm"]
    assert first == second


def test_a_saved_failure_of_a_token_asks_for_another(
    payments: PaymentsBundle, clock: Clock
) -> None:
    payment = ready(payments, payment_method=..., confirmation_token=payments.token())
    payments.intents.fail("confirm", failed())
    assert payments.confirmed(payment)["status"] == "processing"
    clock.advance(3 * MINUTES)
    payments.sweep()
    read = payments.read(payment)
    assert (read["status"], read["next"]) == ("requires_card", "again")
    done = payments.confirmed(payment, confirmation_token=payments.token())
    assert done["status"] == "succeeded"
    assert len(payments.made(payment)) == 1


@pytest.mark.parametrize("fault", [timed_out(done=True), failed(done=True), timed_out()])
def test_a_capture_that_is_not_answered_is_done_by_the_sweep(
    payments: PaymentsBundle, clock: Clock, fault: Fault
) -> None:
    payment = ready(payments)
    payments.intents.fail("capture", fault)
    assert payments.confirmed(payment)["status"] == "processing"
    clock.advance(2 * MINUTES)
    payments.sweep()
    assert payments.read(payment)["status"] == "succeeded"
    assert payments.intent(payment)["amount_received"] == 1099


def test_a_creation_that_is_not_answered_is_found_by_its_key(
    payments: PaymentsBundle, clock: Clock
) -> None:
    payment = ready(payments)
    payments.intents.fail("create", timed_out(done=True))
    assert_problem(payments.confirm_payment(payment), 503, "stripe_unavailable")
    assert_problem(payments.confirm_payment(payment), 409, "payment_busy")
    clock.advance(31)
    assert payments.confirmed(payment)["status"] == "succeeded"
    assert len(payments.made(payment)) == 1


def test_an_update_that_is_not_answered_is_made_again(
    payments: PaymentsBundle, clock: Clock
) -> None:
    payment = ready(payments, payment_method=payments.card(last4="9995"))
    payments.confirmed(payment)
    payments.intents.fail("update", timed_out(done=True))
    other = payments.card()
    assert_problem(
        payments.confirm_payment(payment, payment_method=other), 503, "stripe_unavailable"
    )
    assert_problem(payments.confirm_payment(payment, payment_method=other), 409, "payment_busy")
    clock.advance(31)
    assert payments.confirmed(payment, payment_method=other)["status"] == "succeeded"
    decision = payments.read(payment)["decision"]
    assert payments.intent(payment)["metadata"]["countersign_decision"] == decision


def test_a_cancellation_while_an_attempt_runs_wins_or_loses_at_stripe(
    payments: PaymentsBundle,
) -> None:
    payment = ready(payments)
    answers = []
    payments.intents.before["confirm"] = lambda: answers.append(payments.cancel(payment))
    assert payments.confirmed(payment)["status"] == "canceled"
    assert answers[0].json["status"] == "canceled"
    assert payments.intent(payment)["status"] == "canceled"


def test_a_cancellation_that_comes_before_the_capture_wins(payments: PaymentsBundle) -> None:
    payment = ready(payments)
    answers = []
    payments.intents.before["capture"] = lambda: answers.append(payments.cancel(payment))
    assert payments.confirmed(payment)["status"] == "succeeded"
    assert answers[0].status == 409
    assert_problem(payments.cancel(payment), 409, "payment_succeeded")


def test_a_second_confirmation_meanwhile_is_busy(payments: PaymentsBundle) -> None:
    payment = ready(payments)
    answers = []
    payments.intents.before["create"] = lambda: answers.append(payments.confirm_payment(payment))
    assert payments.confirmed(payment)["status"] == "succeeded"
    assert_problem(answers[0], 409, "payment_busy")
    assert payments.intents.names().count("create") == 1
