"""An uninstallation ends the open payments first: what is authorized is captured, the rest canceled."""

import pytest

from countersign.problems import Unavailable
from tests.support.assertions import assert_problem
from tests.support.gateway import HttpAnswer
from tests.support.install_bundle import INSTALLATIONS
from tests.support.logs import Log
from tests.support.payments_bundle import PaymentsBundle
from tests.support.spc_bundle import HOLDER
from tests.support.stand_in import BAKERY
from tests.support.watched_intents import problem, timed_out

PATH = f"{INSTALLATIONS}/{BAKERY}"


def uninstall(payments: PaymentsBundle, **query: str) -> HttpAnswer:
    return payments.user(HOLDER).delete(PATH, query=query)


def waiting(payments: PaymentsBundle) -> str:
    """A payment whose payer is asked for 3-D Secure."""
    card = payments.card(country="FR", plays="challenge")
    made = payments.created(payment_method=card, amount=90_000)
    assert payments.confirmed(made["id"])["status"] == "requires_action"
    return str(made["id"])


def authorized(payments: PaymentsBundle) -> str:
    """A payment that is authorized, and whose capture was not answered."""
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("capture", timed_out())
    assert payments.confirmed(made["id"])["status"] == "processing"
    return str(made["id"])


def test_what_waits_is_canceled_and_what_is_authorized_is_captured(
    payments: PaymentsBundle,
) -> None:
    new = payments.created()["id"]
    acting, held = waiting(payments), authorized(payments)
    answer = uninstall(payments)
    assert (answer.status, answer.json["status"]) == (200, "uninstalled")
    found = {name: payments.record(name) for name in (new, acting, held)}
    assert {name: (one.status, one.reason) for name, one in found.items()} == {
        new: ("canceled", "uninstalled"),
        acting: ("canceled", "uninstalled"),
        held: ("succeeded", None),
    }
    ended = [payments.intent(payment)["status"] for payment in (acting, held)]
    assert ended == ["canceled", "succeeded"]


def test_what_cannot_be_ended_now_keeps_the_installation(
    payments: PaymentsBundle, log: Log
) -> None:
    acting, new = waiting(payments), payments.created()["id"]
    payments.intents.fail("cancel", problem(Unavailable("stripe")))
    refused = uninstall(payments)
    assert_problem(refused, 409, "open_payments")
    assert refused.json["payment_ids"] == [acting]
    assert payments.view(HOLDER, BAKERY)["status"] == "installed"
    assert payments.record(new).status == "canceled"
    assert uninstall(payments).status == 200
    assert payments.record(acting).status == "canceled"


def test_it_can_be_forced_and_is_told(payments: PaymentsBundle, log: Log) -> None:
    acting = waiting(payments)
    payments.intents.fail("cancel", problem(Unavailable("stripe")))
    answer = uninstall(payments, force="true")
    assert (answer.status, answer.json["status"]) == (200, "uninstalled")
    (told,) = [
        one for one in log.entries() if one["message"] == "an installation ends with open payments"
    ]
    assert told["payments"] == [acting]


def test_no_payment_begins_while_an_installation_ends(payments: PaymentsBundle) -> None:
    waiting(payments)
    payable = payments.created(payment_method=payments.card())["id"]
    answers: list[HttpAnswer] = []

    def pays() -> None:
        answers.extend([payments.create(), payments.confirm_payment(payable)])

    payments.intents.before["cancel"] = pays
    assert uninstall(payments).status == 200
    assert_problem(answers[0], 409, "not_installed")
    assert_problem(answers[1], 409, "payment_ended")


def test_without_open_payments_nothing_is_asked_for_them(payments: PaymentsBundle) -> None:
    made = payments.created(payment_method=payments.card())
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    calls = len(payments.intents.calls)
    assert uninstall(payments).status == 200
    assert len(payments.intents.calls) == calls
    assert uninstall(payments).status == 200


def test_force_is_a_word_for_yes_or_no(payments: PaymentsBundle) -> None:
    assert_problem(uninstall(payments, force="perhaps"), 422, "invalid_request")
    assert payments.view(HOLDER, BAKERY)["status"] == "installed"


@pytest.mark.parametrize("seconds", [11])
def test_a_call_without_time_leaves_the_rest_for_the_next(
    payments: PaymentsBundle, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = payments.created()["id"]
    monkeypatch.setattr("countersign.http.deadline.remaining", lambda: float(seconds))
    refused = uninstall(payments)
    assert_problem(refused, 409, "open_payments")
    assert refused.json["payment_ids"] == [made]
