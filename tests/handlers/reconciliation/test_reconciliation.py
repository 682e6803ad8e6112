"""Reconciliation through its three doors: the schedule, the operator's call, and a command."""

import os
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from countersign.reconciliation.context import context
from countersign.reconciliation.run_record import PAUSE, run_key
from tests.support.assertions import assert_problem
from tests.support.gateway import LambdaContext
from tests.support.logs import Log
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.reconciliation_bundle import RUNS, ReconciliationBundle
from tests.support.roles import acting_as
from tests.support.stand_in import SESSIONS
from tools.functions import load_function

HOUR = 3600


def now() -> int:
    return int(time.time())


def test_a_command_repairs_what_no_webhook_brought_and_says_so(
    reconciliation: ReconciliationBundle, user: str
) -> None:
    session_id = reconciliation.verified(user)
    assert reconciliation.status(session_id) == "requires_input"
    run = reconciliation.invoke(**{"from": now() - HOUR, "to": now() + 30})
    assert (run["status"], run["found"], run["repaired"]) == ("done", 3, 3)
    assert reconciliation.status(session_id) == "verified"
    again = reconciliation.invoke(**{"from": now() - HOUR, "to": now() + 30})
    assert (again["status"], again["found"], again["repaired"]) == ("done", 3, 0)


def test_a_call_begins_a_run_that_an_invocation_performs(
    reconciliation: ReconciliationBundle, user: str
) -> None:
    session_id = reconciliation.verified(user)
    begun = reconciliation.begin(now() - HOUR, now() + 30)
    assert begun.status == 202
    run_id = begun.json["id"]
    assert begun.json["status"] == "running"
    reconciliation.invoke(run=run_id)
    answer = reconciliation.operator().get(f"{RUNS}/{run_id}")
    assert answer.json | {"status": "done", "found": 3, "repaired": 3} == answer.json
    assert answer.json["from"] == begun.json["from"]
    assert reconciliation.status(session_id) == "verified"


def test_what_a_call_began_is_done_by_the_schedule_at_the_latest(
    reconciliation: ReconciliationBundle, user: str
) -> None:
    reconciliation.verified(user)
    run_id = reconciliation.begin(now() - HOUR, now() + 30).json["id"]
    assert reconciliation.invoke() == {"reconciled": True}
    run = reconciliation.operator().get(f"{RUNS}/{run_id}").json
    assert (run["status"], run["repaired"]) == ("done", 3)


def test_a_run_that_was_cut_short_goes_on_where_somebody_waits_for_it(
    reconciliation: ReconciliationBundle, log: Log
) -> None:
    run_id = reconciliation.begin(now() - HOUR, now() + 30).json["id"]
    told = [entry["message"] for entry in log.entries()]
    cut = {":at": now() - PAUSE}
    context().table.update(run_key(run_id), "SET interrupted_at = :at", "attribute_exists(pk)", cut)
    answer = reconciliation.operator().get(f"{RUNS}/{run_id}")
    assert (answer.status, answer.json["status"]) == (200, "running")
    # No such function can be invoked from this process, which the log then says.
    messages = [entry["message"] for entry in log.entries()][len(told) :]
    assert messages == ["a run waits for the schedule"]
    assert reconciliation.invoke(run=run_id)["status"] == "done"


def test_the_same_key_gives_the_same_run(reconciliation: ReconciliationBundle) -> None:
    begin, end = now() - HOUR, now()
    first, second = (reconciliation.begin(begin, end, "key").json for _ in range(2))
    assert first["id"] == second["id"]
    assert_problem(reconciliation.begin(begin, end - 1, "key"), 409, "idempotency_key_reused")
    assert reconciliation.begin(begin, end).json["id"] != first["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": 1},
        {"from": "1", "to": 2},
        {"from": -1, "to": 5},
        {"from": 1, "to": 2, "more": 3},
        {"from": 1_000, "to": 1_001},
    ],
)
def test_a_time_that_is_none_is_refused(
    reconciliation: ReconciliationBundle, body: dict[str, object]
) -> None:
    assert_problem(reconciliation.operator().post(RUNS, body), 422, "invalid_request")
    if body:
        refused = reconciliation.invoke(**body)
        assert (refused["status"], refused["code"]) == (422, "invalid_request")


def test_a_time_in_the_future_is_refused(reconciliation: ReconciliationBundle) -> None:
    refused = reconciliation.begin(now() - 10, now() + 300)
    assert_problem(refused, 422, "invalid_request")
    assert refused.json["errors"][0]["pointer"] == "/to"


def test_only_the_operator_may_call(reconciliation: ReconciliationBundle) -> None:
    merchant = reconciliation.operator("countersign/merchant")
    body = {"from": now() - 10, "to": now()}
    assert_problem(merchant.post(RUNS, body), 403, "missing_scope")
    assert_problem(merchant.get(f"{RUNS}/rec_1"), 403, "missing_scope")


def test_an_unknown_run_is_not_found(reconciliation: ReconciliationBundle) -> None:
    answer = reconciliation.operator().get(f"{RUNS}/rec_unknown")
    assert_problem(answer, 404, "reconciliation_not_found")


def test_metrics_say_what_was_found_and_how_far_behind_it_is(
    reconciliation: ReconciliationBundle, user: str, log: Log
) -> None:
    reconciliation.verified(user)
    reconciliation.invoke()
    metrics = log.metrics()
    assert metrics["ReconciliationFound"] == 0, "the webhooks have five minutes"
    assert 299 <= metrics["ReconciliationBehind"] <= 310
    reconciliation.invoke(**{"from": now() - HOUR, "to": now() + 30})
    metrics = log.metrics()
    assert (metrics["ReconciliationFound"], metrics["ReconciliationRepaired"]) == (3, 3)


def test_stripes_rate_limit_is_waited_for(reconciliation: ReconciliationBundle, user: str) -> None:
    session_id = reconciliation.verified(user)
    reconciliation.stripe.fault(path="/v1/events", status=429)
    run = reconciliation.invoke(**{"from": now() - HOUR, "to": now() + 30})
    assert run["status"] == "done"
    assert reconciliation.status(session_id) == "verified"


def test_no_filter_by_delivery_is_asked_for_and_a_page_is_full(
    reconciliation: ReconciliationBundle,
) -> None:
    reconciliation.invoke(**{"from": now() - HOUR, "to": now()})
    paths = [entry["path"] for entry in reconciliation.stripe.requests()]
    assert paths == ["/v1/events"]
    assert SESSIONS not in paths


@pytest.mark.parametrize("event", [{}, {"reconcile": None}, {"Reconcile": {}}, {"rebuild": []}])
def test_what_it_does_not_understand_fails_and_says_what_it_does(
    reconciliation: ReconciliationBundle, event: Any
) -> None:
    with pytest.raises(ValueError, match="none that the function knows"):
        load_function("reconciliation").handler(event, LambdaContext(milliseconds=300_000))


def test_its_role_changes_no_confirmation_and_removes_and_scans_nothing(
    reconciliation: ReconciliationBundle,
) -> None:
    capabilities = ("IDENTITY_TABLE", "INSTALLS_TABLE", "STEP_UP_TABLE", "SPC_TABLE")
    names = [os.environ[variable] for variable in ("OPERATIONS_TABLE", *capabilities)]
    client, key = QuickDynamoDB(*names), {"pk": {"S": "role"}}
    with acting_as(load_function("reconciliation").handler):
        for name in names:
            assert client.get_item(TableName=name, Key=key) == {}
            with pytest.raises(ClientError, match="not authorized"):
                client.delete_item(TableName=name, Key=key)
            with pytest.raises(ClientError, match="not authorized"):
                client.scan(TableName=name)
        with pytest.raises(ClientError, match="not authorized"):
            client.put_item(TableName=os.environ["SPC_TABLE"], Item=key)


def test_its_role_wakes_payments_and_does_nothing_else_with_them(
    reconciliation: ReconciliationBundle,
) -> None:
    name, key = os.environ["PAYMENTS_TABLE"], {"pk": {"S": "role"}}
    client = QuickDynamoDB(name)
    update = {"TableName": name, "Key": key, "UpdateExpression": "SET due_at = :at"}
    with acting_as(load_function("reconciliation").handler):
        client.update_item(**update, ExpressionAttributeValues={":at": {"N": "1"}})
        assert client.batch_get_item(RequestItems={name: {"Keys": [key]}})["Responses"]
        for refused in (client.get_item, client.delete_item):
            with pytest.raises(ClientError, match="not authorized"):
                refused(TableName=name, Key=key)
        with pytest.raises(ClientError, match="not authorized"):
            client.put_item(TableName=name, Item=key)
