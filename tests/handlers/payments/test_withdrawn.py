"""Permissions that a merchant takes from the app while a payment is open, and a PaymentIntent that
is gone, as a merchant's server sees them.
"""

import pytest

from countersign.payments.judge import BEFORE_END, HOLD
from countersign.stripe_api.refusals import StripeRefused
from tests.support.assertions import assert_problem
from tests.support.clock import Clock
from tests.support.install_bundle import INSTALLATIONS
from tests.support.payments_bundle import PaymentsBundle
from tests.support.spc_bundle import HOLDER
from tests.support.stand_in import BAKERY
from tests.support.watched_intents import Fault, timed_out

# tests/domain/payments has the same rules case by case, in test_withdrawn and test_gone.
pytestmark = pytest.mark.exhaustive

READ, WRITE = "payment_intent_read", "payment_intent_write"
GONE = Fault(StripeRefused(404, "intent", "resource_missing"))


def held(payments: PaymentsBundle) -> str:
    """A payment that is authorized, whose outcome we have not heard of."""
    made = payments.created(payment_method=payments.card())
    payments.intents.fail("confirm", timed_out(done=True))
    payments.intents.fail("retrieve", timed_out())
    assert payments.confirmed(made["id"])["status"] == "processing"
    return str(made["id"])


def withdraw(payments: PaymentsBundle, *permissions: str) -> None:
    for permission in permissions:
        order = {"account": BAKERY, "do": "withdraw_permission", "permission": permission}
        assert payments.stripe.post("/_merchant", order).status_code == 200


@pytest.mark.parametrize("permissions", [("charge_read",), ("charge_read", "review_read"), (READ,)])
def test_a_hold_that_cannot_be_read_is_released_in_time(
    payments: PaymentsBundle, clock: Clock, permissions: tuple[str, ...]
) -> None:
    payment = held(payments)
    withdraw(payments, *permissions)
    clock.advance(HOLD - BEFORE_END - 1000)
    payments.sweep()
    assert payments.read(payment)["status"] == "processing"
    clock.advance(1000)
    payments.sweep()
    read = payments.read(payment)
    assert (read["status"], read["reason"], read["liability"]) == (
        *("canceled", "hold_over"),
        "unknown",
    )
    assert payments.intent(payment)["status"] == "canceled"


@pytest.mark.parametrize("permission", ["charge_read", "review_read", READ])
def test_a_merchant_cancels_what_they_do_not_let_us_read(
    payments: PaymentsBundle, permission: str
) -> None:
    payment = held(payments)
    withdraw(payments, permission)
    answer = payments.cancel(payment)
    assert (answer.status, answer.json["status"]) == (200, "canceled")


def test_a_cancellation_that_is_not_permitted_is_told(
    payments: PaymentsBundle, clock: Clock
) -> None:
    payment = held(payments)
    withdraw(payments, READ, WRITE)
    assert_problem(payments.cancel(payment), 409, "permission_missing")
    payments.stripe.install()
    clock.advance(61)
    payments.sweep()
    assert (payments.read(payment)["status"], payments.read(payment)["reason"]) == (
        "canceled",
        "merchant",
    )


def test_a_payment_intent_that_is_gone_ends_its_payment(payments: PaymentsBundle) -> None:
    card = payments.card(country="FR", plays="challenge")
    made = payments.created(payment_method=card, amount=90_000)
    assert payments.confirmed(made["id"])["status"] == "requires_action"
    payments.intents.fail("retrieve", GONE)
    done = payments.confirmed(made["id"])
    assert (done["status"], done["reason"]) == ("canceled", "canceled_at_stripe")
    assert done["payment_intent"]["client_secret"] is None


@pytest.mark.parametrize("force", ["false", "true"])
def test_a_payment_intent_that_is_gone_keeps_no_merchant_from_leaving(
    payments: PaymentsBundle, force: str
) -> None:
    payment = held(payments)
    payments.intents.fail("retrieve", GONE)
    payments.intents.fail("cancel", GONE)
    path = f"{INSTALLATIONS}/{BAKERY}"
    answer = payments.user(HOLDER).delete(path, query={"force": force})
    assert (answer.status, answer.json["status"]) == (200, "uninstalled")
    assert payments.record(payment).status == "canceled"
