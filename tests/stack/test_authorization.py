"""The deployed API's authorizer, its scopes, and the roles of the functions."""

import json
from typing import Any

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError

from tests.support.service import Service, new_user

pytestmark = pytest.mark.server

USER_CALLS = [
    ("POST", "/create-verification-session"),
    ("GET", "/verification-sessions/current"),
    ("GET", "/verification-sessions/vs_1"),
    ("POST", "/verification-sessions/vs_1/cancel"),
    ("POST", "/verification-sessions/vs_1/redact"),
]
OPERATOR_CALLS = [
    ("GET", "/verification-sessions"),
    ("GET", "/verification-sessions/vs_1/outputs"),
]


@pytest.mark.parametrize(("method", "path"), USER_CALLS + OPERATOR_CALLS)
def test_a_call_without_a_token_is_401(service: Service, method: str, path: str) -> None:
    assert service.http.request(method, path).status_code == 401


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
    """IAM is enforced by the emulator: the webhook may change an item and read none."""
    environment = json.loads((service.home / "env.json").read_text())
    webhook = environment["WebhookReceipt"]
    item: dict[str, Any] = {"TableName": webhook["IDENTITY_TABLE"], "Key": {"pk": {"S": "role"}}}
    allowed = _as_role(webhook, "WebhookReceipt")
    allowed.update_item(**item)
    for refused in (allowed.get_item, allowed.delete_item):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused(**item)
    pages = _as_role(webhook, "Pages")
    with pytest.raises(ClientError, match="AccessDenied"):
        pages.update_item(**item)


def _as_role(environment: dict[str, str], function: str) -> Any:
    """A DynamoDB client with the role of a deployed function."""
    endpoint = environment["AWS_ENDPOINT_URL"]
    own = {
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "region_name": environment["AWS_DEFAULT_REGION"],
        "endpoint_url": endpoint,
    }
    functions = boto3.client("lambda", **own).list_functions()["Functions"]
    arn = next(entry["Role"] for entry in functions if function in entry["FunctionName"])
    role = boto3.client("sts", **own).assume_role(RoleArn=arn, RoleSessionName="test")
    return boto3.client(
        "dynamodb",
        aws_access_key_id=role["Credentials"]["AccessKeyId"],
        aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
        aws_session_token=role["Credentials"]["SessionToken"],
        region_name=environment["AWS_DEFAULT_REGION"],
        endpoint_url=endpoint,
    )
