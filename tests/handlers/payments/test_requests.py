"""How often a payment by each of its paths asks DynamoDB and Stripe: docs/payments.md says so."""

from typing import Any

import pytest

from countersign.stripe_api import calls
from tests.support.chromium import Json
from tests.support.payments_bundle import PaymentsBundle
from tests.support.spc_bundle import SHOP, approved
from tests.support.spc_people import plain_browser

LARGE: Json = {"amount": 10990, "currency": "eur"}
"""An amount for which the rules shipped ask for a proof."""
DEVICE: Json = {"wallet": {"type": "google_pay", "dynamic_last4": "4242"}}


class Counted:
    """Requests since the last look, to DynamoDB and to Stripe."""

    def __init__(self, bundle: PaymentsBundle, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dynamodb, self.stripe = bundle.client.calls, 0
        send = calls._send

        def counted(*sent: Any) -> Any:
            self.stripe += 1
            return send(*sent)

        monkeypatch.setattr(calls, "_send", counted)

    def take(self) -> tuple[int, int]:
        found = len(self.dynamodb), self.stripe
        self.dynamodb.clear()
        self.stripe = 0
        return found

    def check(self, dynamodb: int, stripe: int) -> None:
        """Assert that there were so many at most."""
        found = self.take()
        assert found[0] <= dynamodb, found
        assert found[1] <= stripe, found


@pytest.fixture
def counted(payments: PaymentsBundle, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """What is asked once everything is loaded."""
    made = payments.created(payment_method=payments.card(**DEVICE))
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    return Counted(payments, monkeypatch)


@pytest.mark.parametrize("card", [DEVICE, {"plays": "frictionless"}])
def test_a_payment_without_a_challenge_asks_stripe_five_times(
    payments: PaymentsBundle, counted: Counted, card: Json
) -> None:
    method = payments.card(**card)
    counted.take()
    made = payments.created(payment_method=method, **LARGE)
    counted.check(6, 1)
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    counted.check(15, 4)


def test_a_challenge_adds_a_confirmation_and_a_read_for_the_secret(
    payments: PaymentsBundle, counted: Counted
) -> None:
    method = payments.card(plays="challenge")
    counted.take()
    made = payments.created(payment_method=method, **LARGE)
    counted.check(6, 1)
    assert payments.confirmed(made["id"])["status"] == "requires_action"
    counted.check(10, 3)
    payments.authenticate(made["id"])
    counted.take()
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    counted.check(11, 3)


def test_a_confirmation_in_a_trusted_browser_asks_stripe_no_more_often(
    payments: PaymentsBundle, counted: Counted
) -> None:
    passkey = payments.register("payer", identified=True)
    named = {"payer": payments.allow("payer"), "payment_method": payments.card()}
    counted.take()
    made = payments.created(**named, **LARGE)
    counted.check(18, 1)
    question = made["spc"]
    answer = payments.answer(question, approved(question, passkey, plain_browser(SHOP)))
    assert answer.json["step_up_required"] is False
    counted.take()
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    counted.check(19, 4)
