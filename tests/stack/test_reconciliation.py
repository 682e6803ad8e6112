"""Reconciliation on the deployed stack: what no webhook brought is asked for and repaired, once."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local import reconcile
from tests.support.service import Service, client, new_user

OPERATOR = "countersign/operator"


@pytest.fixture
def deaf(service: Service) -> Iterator[Service]:
    """The stack while no webhook reaches it."""
    service.http.post("/_local/stripe/_deliveries", json={"mode": "drop"})
    yield service
    service.http.post("/_local/stripe/_deliveries", json={"mode": "normal"})


def verified(service: Service) -> str:
    """A session that is verified at Stripe alone."""
    opened = service.http.post(
        "/create-verification-session",
        json={"flow": "redirect"},
        headers=service.as_user(new_user()),
    )
    session_id = str(opened.json()["id"])
    service.outcome(session_id, "verified")
    return session_id


def reconciled(service: Service, from_at: int) -> dict[str, Any]:
    """A run over what has happened since, when it has ended."""
    headers = service.as_user("operator", OPERATOR)
    wanted = {"from": from_at, "to": int(time.time()) + 30}
    begun = service.http.post("/reconciliations", json=wanted, headers=headers)
    assert begun.status_code == 202, begun.text
    path, ends_at = f"/reconciliations/{begun.json()['id']}", time.monotonic() + 120
    while time.monotonic() < ends_at:
        run: dict[str, Any] = service.http.get(path, headers=headers).json()
        if run["status"] != "running":
            return run
        time.sleep(0.5)
    raise AssertionError("the run does not end")


def stored_status(service: Service, session_id: str) -> str:
    """What the table has; the page would ask Stripe."""
    environment = json.loads((service.home / "env.json").read_text())["Reconciliation"]
    key = {"pk": {"S": f"session#{session_id}"}}
    found = client(service, "dynamodb").get_item(TableName=environment["IDENTITY_TABLE"], Key=key)
    return str(found["Item"]["status"]["S"])


def test_a_dropped_webhook_is_repaired_and_nothing_is_repaired_twice(deaf: Service) -> None:
    begun = int(time.time()) - 1
    session_id = verified(deaf)
    assert stored_status(deaf, session_id) == "requires_input"
    run = reconciled(deaf, begun)
    assert (run["status"], run["repaired"] >= 2) == ("done", True), run
    assert stored_status(deaf, session_id) == "verified"
    again = reconciled(deaf, begun)
    assert (again["status"], again["repaired"]) == ("done", 0), again
    assert again["found"] >= run["found"]


def test_the_terminals_command_does_the_same(
    deaf: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session_id = verified(deaf)
    monkeypatch.setenv("COUNTERSIGN_LOCAL_DIR", str(deaf.home))
    assert reconcile.main(["-1h", "now"]) == 0
    assert " repaired (rec_" in capsys.readouterr().out
    assert stored_status(deaf, session_id) == "verified"


@pytest.mark.parametrize(("scope", "status"), [("", 403), ("countersign/merchant", 403)])
def test_only_the_operator_may_call(service: Service, scope: str, status: int) -> None:
    headers = service.as_user("somebody", scope)
    body = {"from": 1, "to": 2}
    assert service.http.post("/reconciliations", json=body, headers=headers).status_code == status
    assert service.http.get("/reconciliations/rec_1", headers=headers).status_code == status


def test_without_a_token_nobody_may_call(service: Service) -> None:
    assert service.http.post("/reconciliations", json={}).status_code == 401
