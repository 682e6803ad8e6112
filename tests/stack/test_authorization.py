"""The deployed API's authorizer, its scopes, and the roles of the functions."""

import json
from functools import cache
from typing import Any

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError

from tests.support.service import Service, new_user

USER_CALLS = [
    ("POST", "/create-verification-session"),
    ("GET", "/verification-sessions/current"),
    ("GET", "/verification-sessions/vs_1"),
    ("POST", "/verification-sessions/vs_1/cancel"),
    ("POST", "/verification-sessions/vs_1/redact"),
    ("POST", "/install-links"),
    ("GET", "/installations"),
    ("GET", "/installations/acct_1"),
    ("PATCH", "/installations/acct_1"),
    ("DELETE", "/installations/acct_1"),
    ("POST", "/installations/acct_1/confirm"),
    ("GET", "/installations/acct_1/account"),
    ("POST", "/spc-register-request"),
    ("POST", "/spc-register-response"),
    ("POST", "/spc-registration-tickets"),
    ("GET", "/spc-credentials"),
    ("DELETE", "/spc-credentials/1"),
    ("DELETE", "/spc-credentials/1/browser-keys/1"),
    ("POST", "/spc-credentials/1/browser-keys/1/approval-request"),
    ("POST", "/spc-credentials/1/browser-keys/1/trust"),
    ("GET", "/spc-payers"),
    ("POST", "/spc-payers"),
    ("GET", "/spc-payers/acct_1"),
    ("DELETE", "/spc-payers/acct_1"),
]
MERCHANT_CALLS = [
    ("POST", "/spc-auth-request"),
    ("GET", "/spc-ceremonies/1"),
    ("POST", "/step-up-decisions"),
    ("POST", "/step-up-decisions/simulate"),
    ("POST", "/step-up-decisions/dec_1/result"),
    ("POST", "/payments"),
    ("POST", "/payments/pay_1/spc"),
    ("POST", "/payments/pay_1/confirm"),
    ("POST", "/payments/pay_1/cancel"),
]
READING_CALLS = [
    ("GET", "/step-up-decisions?day=2030-01-02"),
    ("GET", "/step-up-decisions/dec_1"),
    ("GET", "/payments"),
    ("GET", "/payments/pay_1"),
]
"""Of the merchant and of the operator."""
OPERATOR_CALLS = [
    ("GET", "/verification-sessions"),
    ("GET", "/verification-sessions/vs_1/outputs"),
]


def test_a_call_without_a_token_is_401(service: Service) -> None:
    calls = USER_CALLS + OPERATOR_CALLS + MERCHANT_CALLS + READING_CALLS
    found = {call: service.http.request(*call).status_code for call in calls}
    assert found == dict.fromkeys(calls, 401)


def test_a_token_that_somebody_else_signed_is_401(service: Service) -> None:
    claims = jwt.decode(service.token(new_user()), options={"verify_signature": False})
    forged = jwt.encode(claims, "a secret of thirty-two bytes or so", algorithm="HS256")
    for token in (forged, jwt.encode(claims, "", algorithm="none"), "junk"):
        headers = {"Authorization": f"Bearer {token}"}
        answer = service.http.post("/create-verification-session", headers=headers)
        assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), OPERATOR_CALLS)
def test_a_user_who_is_no_operator_is_403(service: Service, method: str, path: str) -> None:
    headers = service.as_user(new_user(), scope="countersign/merchant")
    assert service.http.request(method, path, headers=headers).status_code == 403


@pytest.mark.parametrize(("method", "path"), MERCHANT_CALLS)
def test_a_user_who_is_no_merchant_is_403(service: Service, method: str, path: str) -> None:
    headers = service.as_user(new_user(), scope="countersign/operator")
    assert service.http.request(method, path, headers=headers).status_code == 403


@pytest.mark.parametrize(("method", "path"), READING_CALLS)
def test_a_user_who_is_neither_is_403(service: Service, method: str, path: str) -> None:
    headers = service.as_user(new_user())
    assert service.http.request(method, path, headers=headers).status_code == 403
    headers = service.as_user(new_user(), scope="countersign/operator")
    assert service.http.request(method, path, headers=headers).status_code in (200, 404)


def test_an_operator_may_list(service: Service) -> None:
    headers = service.as_user(new_user(), scope="countersign/operator")
    answer = service.http.get("/verification-sessions", headers=headers)
    assert answer.status_code == 200
    assert set(answer.json()) == {"data", "next_cursor"}


def test_somebody_elses_session_is_404_for_every_call(service: Service) -> None:
    created = service.http.post(
        "/create-verification-session", headers=service.as_user(new_user("owner"))
    ).json()
    stranger = service.as_user(new_user("stranger"))
    path = f"/verification-sessions/{created['id']}"
    for method, call in (("GET", path), ("POST", f"{path}/cancel"), ("POST", f"{path}/redact")):
        answer = service.http.request(method, call, headers=stranger)
        assert answer.status_code == 404
        assert answer.json()["code"] == "verification_session_not_found"


def test_each_role_can_do_what_its_function_needs_and_nothing_else(service: Service) -> None:
    """IAM is enforced by the emulator: the webhook may change an item and read sessions alone, and
    no function reaches another capability's table.
    """
    environments = json.loads((service.home / "env.json").read_text())
    environment = environments["WebhookReceipt"] | environments["StepUpDecision"]
    identity, installs, spc, step_up = (
        {"TableName": environment[name], "Key": {"pk": {"S": "role"}}}
        for name in ("IDENTITY_TABLE", "INSTALLS_TABLE", "SPC_TABLE", "STEP_UP_TABLE")
    )
    webhook = _as_role(environment, "WebhookReceipt")
    creation = _as_role(environment, "SessionCreation")
    callback = _as_role(environment, "InstallCallback")
    pages = _as_role(environment, "Pages")
    for item in (identity, installs):
        webhook.update_item(**item)
        for refused in (webhook.delete_item, pages.update_item):
            _is_denied(refused, item)
    webhook.get_item(**identity)
    _is_denied(webhook.get_item, installs)
    callback.update_item(**installs)
    _is_denied(callback.update_item, identity)
    _is_denied(creation.get_item, installs)
    confirmation = _as_role(environment, "SpcVerification")
    confirmation.update_item(**spc)
    _is_denied(confirmation.delete_item, installs)
    _is_denied(confirmation.get_item, identity)
    _is_denied(webhook.update_item, spc)
    decision = _as_role(environment, "StepUpDecision")
    decision.update_item(**step_up)
    decision.get_item(**installs)
    decision.batch_get_item(RequestItems={spc["TableName"]: {"Keys": [spc["Key"]]}})
    _is_denied(decision.update_item, spc)
    _is_denied(decision.delete_item, step_up)
    _is_denied(decision.get_item, identity)
    for stranger in (webhook, creation, confirmation, pages):
        _is_denied(stranger.get_item, step_up)


def test_payments_are_reached_by_their_function_and_woken_by_the_webhook(service: Service) -> None:
    """An uninstallation closes what is open. Nobody removes a payment, and who takes payments says
    nothing of an installation but what Stripe says, and nothing of identities.
    """
    environments = json.loads((service.home / "env.json").read_text())
    environment, key = environments["Payments"], {"pk": {"S": "role"}}
    payments, step_up, installs, spc = (
        {"TableName": environment[f"{name}_TABLE"], "Key": key}
        for name in ("PAYMENTS", "STEP_UP", "INSTALLS", "SPC")
    )
    identity = {"TableName": environments["WebhookReceipt"]["IDENTITY_TABLE"], "Key": key}
    role = _as_role(environment, "Payments")
    for item in (payments, step_up, installs, spc):
        role.update_item(**item)
        role.get_item(**item)
        _is_denied(role.delete_item, item)
    _is_denied(role.put_item, {"TableName": payments["TableName"], "Item": key})
    _is_denied(role.get_item, identity)
    _is_denied(role.scan, {"TableName": payments["TableName"]})
    webhook = _as_role(environment, "WebhookReceipt")
    webhook.update_item(**payments)
    _is_denied(webhook.get_item, payments)
    callback = _as_role(environment, "InstallCallback")
    callback.update_item(**payments)
    for item in (payments, step_up, spc):
        _is_denied(callback.delete_item, item)
    for name in ("SessionCreation", "SpcVerification", "StepUpDecision", "Pages"):
        _is_denied(_as_role(environment, name).get_item, payments)
        _is_denied(_as_role(environment, name).update_item, payments)


def test_reconciliation_may_repair_and_remove_nothing(service: Service) -> None:
    """Only it reaches the table of its runs, and it changes no confirmation."""
    environments = json.loads((service.home / "env.json").read_text())
    environment = environments["Reconciliation"]
    key = {"pk": {"S": "role"}}
    operations, identity, installs, step_up, spc, payments = (
        {"TableName": environment[f"{name}_TABLE"], "Key": key}
        for name in ("OPERATIONS", "IDENTITY", "INSTALLS", "STEP_UP", "SPC", "PAYMENTS")
    )
    role = _as_role(environment, "Reconciliation")
    for item in (operations, identity, installs, step_up):
        role.update_item(**item)
        role.get_item(**item)
        _is_denied(role.delete_item, item)
    role.get_item(**spc)
    _is_denied(role.update_item, spc)
    role.update_item(**payments)
    role.batch_get_item(RequestItems={payments["TableName"]: {"Keys": [key]}})
    _is_denied(role.get_item, payments)
    _is_denied(role.delete_item, payments)
    for name in ("SessionCreation", "WebhookReceipt", "StepUpDecision", "EventPublication"):
        _is_denied(_as_role(environment, name).get_item, operations)


def test_the_publisher_may_read_streams_scan_and_publish_and_change_no_table(
    service: Service,
) -> None:
    """Whether it may read its streams, the emulator cannot say: it knows no stream as a resource."""
    environment = json.loads((service.home / "env.json").read_text())["EventPublication"]
    tables, streams, bus, bucket = (
        _as_role(environment, "EventPublication", name)
        for name in ("dynamodb", "dynamodbstreams", "events", "s3")
    )
    for name in ("IDENTITY", "INSTALLS", "SPC", "STEP_UP", "PAYMENTS"):
        table = {"TableName": environment[f"{name}_TABLE"]}
        assert "Items" in tables.scan(**table, Limit=1)
        item = table | {"Key": {"pk": {"S": "role"}}}
        for refused in (tables.get_item, tables.update_item, tables.delete_item):
            _is_denied(refused, item)
        _is_denied(tables.put_item, table | {"Item": {"pk": {"S": "role"}}})
        assert streams.list_streams(**table)["Streams"]
    # Of another source, since it is no domain event: nobody who listens gets it.
    entry = {"Source": "role", "DetailType": "role", "Detail": "{}"}
    own = entry | {"EventBusName": environment["EVENT_BUS"]}
    assert bus.put_events(Entries=[own])["FailedEntryCount"] == 0
    _is_denied(bus.put_events, {"Entries": [entry]})
    _is_denied(bus.list_rules, {"EventBusName": environment["EVENT_BUS"]})
    aside = {"Bucket": environment["PUT_ASIDE_BUCKET"], "Key": "role"}
    bucket.put_object(**aside, Body=b"{}")
    assert bucket.get_object(**aside)["Body"].read() == b"{}"
    bucket.delete_object(**aside)
    _is_denied(bucket.put_object, {"Bucket": "countersign-artifacts", "Key": "role", "Body": b""})
    _is_denied(bucket.delete_bucket, {"Bucket": environment["PUT_ASIDE_BUCKET"]})
    for stranger in ("WebhookReceipt", "SessionCreation", "StepUpDecision", "Pages"):
        _is_denied(_as_role(environment, stranger, "events").put_events, {"Entries": [own]})
        _is_denied(_as_role(environment, stranger, "s3").get_object, aside)
        identity = {"TableName": environment["IDENTITY_TABLE"]}
        _is_denied(_as_role(environment, stranger).scan, identity)


@pytest.mark.parametrize(
    ("function", "opens"),
    [("SessionCreation", {"STRIPE_SECRET", "TOKEN_SECRET"}),
     ("InstallCallback", {"STRIPE_SECRET", "APP_SECRET", "TOKEN_SECRET"}),
     ("SpcVerification", {"STRIPE_SECRET", "TOKEN_SECRET"}),
     ("StepUpDecision", {"STRIPE_SECRET", "TOKEN_SECRET", "GOOGLE_PAY_SECRET"}),
     ("Payments", {"STRIPE_SECRET", "TOKEN_SECRET", "GOOGLE_PAY_SECRET"}),
     ("WebhookReceipt", {"STRIPE_SECRET", "WEBHOOK_SECRET"}),
     ("EventPublication", set()),
     ("Reconciliation", {"STRIPE_SECRET"}),
     ("Pages", set())],
)  # fmt: skip
def test_each_role_opens_the_secrets_that_its_function_uses_and_no_other(
    service: Service, function: str, opens: set[str]
) -> None:
    environments = json.loads((service.home / "env.json").read_text())
    environment = environments[function]
    arns = {
        variable: arn
        for variables in environments.values()
        for variable, arn in variables.items()
        if variable.endswith("_SECRET")
    }
    assert arns.keys() & environment.keys() == opens
    manager = _as_role(environment, function, "secretsmanager")
    for variable, arn in arns.items():
        if variable in opens:
            assert json.loads(manager.get_secret_value(SecretId=arn)["SecretString"])
        else:
            _is_denied(manager.get_secret_value, {"SecretId": arn})


def _is_denied(call: Any, item: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        call(**item)


def _as_role(environment: dict[str, str], function: str, service: str = "dynamodb") -> Any:
    """A client of an AWS service with the role of a deployed function."""
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
    return _client_of_role(*(environment[name] for name in names), function, service)


@cache
def _client_of_role(
    endpoint: str, key: str, secret: str, region: str, function: str, service: str
) -> Any:
    place = {"region_name": region, "endpoint_url": endpoint}
    own = place | {"aws_access_key_id": key, "aws_secret_access_key": secret}
    functions = boto3.client("lambda", **own).list_functions()["Functions"]
    arn = next(entry["Role"] for entry in functions if function in entry["FunctionName"])
    role = boto3.client("sts", **own).assume_role(RoleArn=arn, RoleSessionName="test")
    return boto3.client(
        service,
        aws_access_key_id=role["Credentials"]["AccessKeyId"],
        aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
        aws_session_token=role["Credentials"]["SessionToken"],
        **place,
    )
