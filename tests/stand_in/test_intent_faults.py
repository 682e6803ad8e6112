"""Calls about a PaymentIntent that go wrong, and what is carried out all the same."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import stripe

from tests.stand_in.intents import Intents, refused
from tests.stand_in.payments import TOKENS, make
from tests.support.stand_in import StandIn
from tests.support.stand_in_servers import eventually

CONFIRM = "/v1/payment_intents/*/confirm"


@pytest.fixture
def intents(shop: StandIn) -> Intents:
    return Intents(shop)


def keyed(intents: Intents, intent: str, key: str, **params: Any) -> Any:
    """A confirmation with an idempotency key."""
    sent: Any = {"use_stripe_sdk": True, **params}
    return intents.calls.confirm(intent, sent, {"idempotency_key": key})


def test_a_decline_is_repeated_to_the_same_key(intents: Intents) -> None:
    intent = intents.create()
    for _ in range(2):
        with refused(402, "card_declined") as error:
            keyed(intents, intent, "n1", payment_method="pm_card_chargeDeclined")
        assert error["payment_intent"]["id"] == intent
    charges = {intents.read(intent)["latest_charge"]["id"], error["charge"]}
    assert len(charges) == 1
    assert keyed(intents, intent, "n2", payment_method="pm_card_visa").status == "requires_capture"
    with refused(402, "card_declined") as error:
        keyed(intents, intent, "n1", payment_method="pm_card_chargeDeclined")
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert intents.read(intent)["status"] == "requires_capture"


def test_a_lost_answer_was_carried_out_once(intents: Intents) -> None:
    intent = intents.create()
    intents.stand_in.fault(path=CONFIRM, status=500, after=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            keyed(intents, intent, "n1", payment_method="pm_card_visa")
    assert intents.read(intent)["status"] == "requires_capture"


def test_a_crash_has_spent_the_confirmation_token_and_charged_nothing(intents: Intents) -> None:
    token, intent = make(intents.stand_in, TOKENS)["id"], intents.create()
    intents.stand_in.fault(path=CONFIRM, status=500)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            keyed(intents, intent, "n1", confirmation_token=token)
    assert intents.read(intent)["status"] == "requires_payment_method"
    with refused(400, None) as error:
        keyed(intents, intent, "n2", confirmation_token=token)
    assert "was used before" in error["message"]


def test_an_answer_can_come_too_late(intents: Intents) -> None:
    intent = intents.create()
    intents.stand_in.fault(path=CONFIRM, delay_s=2, after=True)
    client = intents.stand_in.client(
        "sk_test_local", stripe_account=intents.account,
        http_client=stripe.RequestsClient(timeout=0.1), max_network_retries=0,
    )  # fmt: skip
    sent: Any = {"payment_method": "pm_card_visa"}
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.confirm(intent, sent, {"idempotency_key": "n1"})
    eventually(lambda: intents.read(intent)["status"] == "requires_capture")
    repeated = intents.calls.confirm(intent, sent, {"idempotency_key": "n1"})
    assert repeated.status == "requires_capture"


def test_while_one_request_has_a_payment_another_is_locked_out(
    intents: Intents, released: Event
) -> None:
    intent, other = intents.held(), intents.held()
    capture = f"/v1/payment_intents/{intent}/capture"
    intents.stand_in.fault(path=capture, delay_s=1)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(intents.capture, intent)
        eventually(lambda: intents.stand_in.backend.locked)
        with refused(429, "lock_timeout") as error:
            intents.cancel(intent)
        assert error["type"] == "invalid_request_error"
        assert intents.read(intent)["status"] == "requires_capture"
        assert intents.cancel(other)["status"] == "canceled"
        released.set()
        assert running.result()["status"] == "succeeded"
    with refused(400, "payment_intent_unexpected_state"):
        intents.cancel(intent)


def test_a_lock_timeout_can_be_ordered_and_is_worth_a_retry(intents: Intents) -> None:
    intent = intents.held()
    order = {"path": "/v1/payment_intents/*", "status": 429, "code": "lock_timeout"}
    intents.stand_in.fault(method="POST", **order)
    assert intents.read(intent)["status"] == "requires_capture"
    with pytest.raises(stripe.RateLimitError) as locked:
        intents.capture(intent)
    assert (locked.value.headers or {})["Stripe-Should-Retry"] == "true"
    assert intents.capture(intent)["status"] == "succeeded"


def test_a_key_in_use_can_be_ordered(intents: Intents) -> None:
    intent = intents.create()
    intents.stand_in.fault(path=CONFIRM, status=409)
    with refused(409, "idempotency_key_in_use"):
        keyed(intents, intent, "n1", payment_method="pm_card_visa")
    assert keyed(intents, intent, "n1", payment_method="pm_card_visa").status == "requires_capture"


def test_a_fault_of_a_method_meets_that_alone(intents: Intents) -> None:
    intents.stand_in.fault(path="/v1/payment_intents", method="POST", status=503)
    assert intents.calls.list().data == []
    with pytest.raises(stripe.APIError):
        intents.create()
    intents.stand_in.fault(path="/v1/payment_intents", method="GET", status=503)
    intents.stand_in.fault(path="/v1/payment_intents", method="GET", times=0)
    assert len(intents.calls.list().data) == 0
