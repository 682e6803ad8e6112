"""A request whose first write the SDK repeats, since DynamoDB answered late, is one request."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from countersign.aws import table
from tests.support.bundle import CREATE
from tests.support.install_bundle import LINKS
from tests.support.late_dynamodb import LateDynamoDB, late_dynamodb
from tests.support.processes import forget_settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="module")
def served(aws: None) -> "Iterator[tuple[LateDynamoDB, DynamoDBClient]]":
    with late_dynamodb("identity", "installs") as served:
        yield served


@pytest.mark.parametrize(
    ("deployed", "path", "status", "made"),
    [("bundle", CREATE, 200, "session#"), ("installs", LINKS, 201, "state#")],
)
def test_a_request_under_a_key_is_answered_although_its_first_write_is_repeated(
    request: pytest.FixtureRequest,
    served: "tuple[LateDynamoDB, DynamoDBClient]",
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    deployed: str,
    path: str,
    status: int,
    made: str,
) -> None:
    late, client = served
    function = request.getfixturevalue(deployed)
    monkeypatch.setattr(table, "_client", lambda: client)
    forget_settings()
    late.received.clear()
    late.late = 1
    key = {"Idempotency-Key": "key-1"}
    answer = function.user(user).post(path, headers=key)
    assert answer.status == status, answer
    assert (late.received[:2], late.late) == (["PutItem"] * 2, 0)
    again = function.user(user).post(path, headers=key)
    assert (again.status, again.json.keys()) == (status, answer.json.keys())
    assert again.json.get("id") == answer.json.get("id")
    rows = [pk for rows in late.quick.tables.values() for pk in rows]
    assert any(pk.startswith(made) for pk in rows), rows
