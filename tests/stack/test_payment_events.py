"""Payments on the deployed stack: what Stripe tells of them wakes them, and what became is told."""

import time
from typing import Any
from uuid import uuid4

import pytest

from tests.support.merchants import STAND_IN
from tests.support.restored_stack import RestoredStack
from tests.support.service import Service, client
from tests.support.spc_service import Shop
from tests.support.step_up_service import Till
from tests.support.told_events import Event, eventually_told, types_of

PAYMENTS = "/payments"
PATIENCE_S = 60


@pytest.fixture
def till(service: Service) -> Till:
    return Till(Shop.open(service))


def data_of(event: Event) -> Any:
    return event["detail"]["data"]


def created(till: Till, **members: Any) -> dict[str, Any]:
    """A payment of 10.99 USD, unless the test says otherwise."""
    order = {"account_id": till.account, "reference": uuid4().hex, "amount": 1099}
    return _asked(till, PAYMENTS, order | {"currency": "usd"} | members)


def confirmed(till: Till, payment: dict[str, Any]) -> dict[str, Any]:
    return _asked(till, f"{PAYMENTS}/{payment['id']}/confirm", {})


def _asked(till: Till, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = till.shop.server | {"Idempotency-Key": uuid4().hex}
    answer = till.shop.service.http.post(path, headers=headers, json=body)
    assert answer.is_success, answer.text
    return dict(answer.json())


def read(till: Till, payment: dict[str, Any]) -> dict[str, Any]:
    answer = till.shop.service.http.get(f"{PAYMENTS}/{payment['id']}", headers=till.shop.server)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def merchant(till: Till, payment: dict[str, Any], act: str) -> None:
    """The merchant, or the issuer, does something at Stripe behind our back."""
    intent = read(till, payment)["payment_intent"]
    body = {"account": till.account, "do": act, "payment_intent": intent}
    answer = till.shop.service.http.post(f"{STAND_IN}/_merchant", json=body)
    assert answer.is_success, answer.text


def awaken(till: Till, payment: dict[str, Any]) -> None:
    """Sweep once an event has woken the payment, which the schedule may do before."""
    stack, key = RestoredStack(till.shop.service), read(till, payment)["payment_intent"]
    mark = {"pk": {"S": f"intent#{till.account}#{key}"}}
    ends_at = time.monotonic() + PATIENCE_S
    while "woken_at" not in (_item(stack, mark) or {}):
        assert time.monotonic() < ends_at, "no event has woken it"
        time.sleep(0.2)
    stack.invoke("Payments", {"sweep": {}})


def _item(stack: RestoredStack, key: dict[str, Any]) -> dict[str, Any] | None:
    dynamodb = client(stack.service, "dynamodb")
    found = dynamodb.get_item(TableName=stack.table("PaymentsTable"), Key=key)
    return dict(found["Item"]) if "Item" in found else None


def test_a_payment_its_refund_and_its_dispute_are_told(till: Till) -> None:
    """Beyond the call itself each is heard of by a webhook alone, and read by the sweep."""
    service = till.shop.service
    card = till.at_stripe("payment_methods", card={"last4": "4242", "country": "US"})
    payment = created(till, payment_method=card)
    assert payment["status"] == "ready", payment
    assert confirmed(till, payment)["status"] == "succeeded"
    told = eventually_told(service, payment["id"], "payment.succeeded")
    assert types_of(told) == ["payment.created", "payment.succeeded"]
    assert (data_of(told[-1])["status"], data_of(told[-1])["amount_captured"]) == (
        "succeeded",
        1099,
    )
    merchant(till, payment, "refund")
    awaken(till, payment)
    told = eventually_told(service, payment["id"], "payment.refunded")
    assert data_of(told[-1])["amount_refunded"] == 1099
    assert read(till, payment)["amount_refunded"] == 1099


def test_what_the_merchant_cancels_in_the_dashboard_is_told(till: Till) -> None:
    service = till.shop.service
    members: Any = {"last4": "4242", "country": "US", "plays": "challenge"}
    card = till.at_stripe("payment_methods", card=members)
    payment = created(till, payment_method=card, amount=90_000)
    assert confirmed(till, payment)["status"] == "requires_action"
    (_, action) = eventually_told(service, payment["id"], "payment.requires_action")
    assert data_of(action)["unproven"] is False
    merchant(till, payment, "cancel")
    awaken(till, payment)
    told = eventually_told(service, payment["id"], "payment.canceled")
    assert data_of(told[-1])["reason"] == "canceled_at_stripe"


def test_an_open_payment_ends_before_the_app_is_uninstalled(till: Till) -> None:
    service = till.shop.service
    payment = created(till)
    path = f"/installations/{till.account}"
    answer = service.http.delete(path, headers=till.shop.merchant.headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "uninstalled")
    told = eventually_told(service, payment["id"], "payment.canceled")
    assert data_of(told[-1])["reason"] == "uninstalled"
    (over,) = eventually_told(service, till.account, "app.uninstalled")[-1:]
    assert over["detail-type"] == "app.uninstalled"
