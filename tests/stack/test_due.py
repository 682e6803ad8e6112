"""What is due is read on the deployed stack, by its index and with IAM enforced."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.restored_stack import RestoredStack
from tests.support.service import Service, client, new_user
from tests.support.spc_service import Shop
from tests.support.step_up_service import Till


@pytest.fixture
def unheard(service: Service) -> Iterator[None]:
    """No webhook arrives, and the schedule leaves the events of the last five minutes alone."""
    service.http.post("/_local/stripe/_deliveries", json={"mode": "drop"})
    yield
    service.http.post("/_local/stripe/_deliveries", json={"mode": "normal"})


def become_due(service: Service, table: str, pk: str) -> None:
    """An hour passes for an item."""
    client(service, "dynamodb").update_item(
        TableName=RestoredStack(service).table(table),
        Key={"pk": {"S": pk}},
        UpdateExpression="SET due_at = :at",
        ConditionExpression="attribute_exists(by_due)",
        ExpressionAttributeValues={":at": {"N": str(int(time.time()) - 1)}},
    )


def reconcile(service: Service) -> None:
    """The schedule's run, once no other is at work."""
    ends_at = time.monotonic() + 60
    while not RestoredStack(service).invoke("Reconciliation", {"reconcile": {}})["reconciled"]:
        assert time.monotonic() < ends_at
        time.sleep(1)


def test_a_session_of_which_nothing_was_heard_is_read_when_it_is_due(
    service: Service, unheard: None
) -> None:
    user = new_user()
    headers = service.as_user(user)
    session_id = service.http.post("/create-verification-session", headers=headers).json()["id"]
    time.sleep(3)  # what is read within two seconds of a state is no newer than that
    service.outcome(session_id, "verified")
    become_due(service, "IdentityTable", f"session#{session_id}")
    reconcile(service)
    item = client(service, "dynamodb").get_item(
        TableName=RestoredStack(service).table("IdentityTable"),
        Key={"pk": {"S": f"session#{session_id}"}},
    )["Item"]
    assert item["status"] == {"S": "verified"}
    assert not item.keys() & {"by_due", "due_at"}


def test_a_payment_that_names_its_decision_is_found_when_it_is_due(
    service: Service, unheard: None
) -> None:
    till = Till(Shop.open(service))
    decision = till.decided()
    order: dict[str, Any] = {"amount": 1099, "currency": "eur"}
    payment = till.at_stripe(
        "payment_intents", **order, metadata={"countersign_decision": decision["id"]}
    )
    become_due(service, "StepUpTable", f"decision#{decision['id']}")
    reconcile(service)
    results = till.read(f"/{decision['id']}").json()["results"]
    assert results["payment"]["payment_intent"] == payment


def test_an_account_whose_app_is_gone_is_uninstalled_when_it_is_due(
    service: Service, unheard: None
) -> None:
    other, merchant = Shop.open(service).merchant, Shop.open(service).merchant
    become_due(service, "InstallsTable", f"account#{other.account}")
    reconcile(service)  # Stripe shows that our key is the developer's
    service.http.post("/_local/stripe/_uninstall", json={"account": merchant.account})
    assert merchant.view()["status"] == "installed"
    become_due(service, "InstallsTable", f"account#{merchant.account}")
    reconcile(service)
    assert merchant.view()["status"] == "uninstalled"
    assert other.view()["status"] == "installed"
