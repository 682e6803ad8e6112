"""DynamoDB's answers told apart: a failed condition, a conflict, and storage that is not there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from countersign.aws import table as table_module
from countersign.aws.changes import ConditionFailed, set_clause
from countersign.aws.table import Table
from countersign.aws.telemetry import flush
from countersign.problems import Unavailable
from tests.support.logs import Log

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Call = tuple[str, Any]
CALLS: list[Call] = [
    ("get_item", lambda table: table.get("a")),
    ("batch_get_item", lambda table: table.get_many(["a"])),
    ("put_item", lambda table: table.put({"pk": "a"}, "attribute_not_exists(pk)")),
    ("update_item", lambda table: table.update("a", "ADD n :n", "attribute_exists(pk)", {":n": 1})),
    ("delete_item", lambda table: table.delete("a", "n = :n", {":n": 1})),
]
names = [name for name, _ in CALLS]


class Failing:
    """A client whose every call fails in one way, and counts."""

    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> None:
            self.calls += 1
            raise self.error

        return call


@pytest.fixture(scope="module")
def real_client() -> "DynamoDBClient":
    """A client without retries' pauses, whose answers a stubber gives."""
    return boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def stubbed(real_client: "DynamoDBClient") -> Iterator[tuple[Table, Stubber]]:
    with Stubber(real_client) as stubber:
        yield Table("t", real_client), stubber


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, not waited for."""
    pauses: list[float] = []
    monkeypatch.setattr("countersign.aws.dynamodb_calls.time.sleep", pauses.append)
    return pauses


def test_an_item_comes_back_as_it_was_written(table: Table) -> None:
    item = {
        "pk": "a", "text": "é山", "empty": "", "number": 12345678901234567890, "negative": -1,
        "yes": True, "no": False, "none": None, "list": [1, ["a", None]], "set": {"a", "b"},
        "map": {"a": {"b": [2, {"c": 3}]}},
    }  # fmt: skip
    table.put(item, "attribute_not_exists(pk)")
    found = table.get("a")
    assert found == item
    assert type(found["number"]) is int
    assert type(found["map"]["a"]["b"][0]) is int


def test_what_is_not_there_is_none(table: Table) -> None:
    assert table.get("a") is None
    assert table.get_many(["a", "b"]) == {}
    assert table.get_many([]) == {}


def test_many_items_are_found_by_key(table: Table) -> None:
    for pk in ("a", "b"):
        table.put({"pk": pk}, "attribute_not_exists(pk)")
    assert table.get_many(["a", "b", "c"]) == {"a": {"pk": "a"}, "b": {"pk": "b"}}


def test_a_hundred_items_fit_one_request(table: Table) -> None:
    assert table.get_many([f"k{number}" for number in range(100)]) == {}


def test_a_failed_condition_tells_what_is_stored(table: Table) -> None:
    table.put({"pk": "a", "n": 1}, "attribute_not_exists(pk)")
    with pytest.raises(ConditionFailed) as failed:
        table.put({"pk": "a", "n": 2}, "attribute_not_exists(pk)")
    assert failed.value.item == {"pk": "a", "n": 1}
    with pytest.raises(ConditionFailed) as failed:
        table.update("a", "SET n = :n", "n = :two", {":n": 3, ":two": 2})
    assert failed.value.item == {"pk": "a", "n": 1}


def test_a_failed_condition_tells_that_nothing_is_stored(table: Table) -> None:
    with pytest.raises(ConditionFailed) as failed:
        table.update("a", "SET n = :n", "attribute_exists(pk)", {":n": 3})
    assert failed.value.item is None
    assert table.get("a") is None


def test_an_update_returns_the_whole_item(table: Table) -> None:
    table.put({"pk": "a", "n": 1, "m": 2}, "attribute_not_exists(pk)")
    assert table.update("a", "ADD n :n", "attribute_exists(pk)", {":n": 1}) == {
        "pk": "a", "n": 2, "m": 2,
    }  # fmt: skip


def test_attributes_of_any_name_are_set_and_none_are_no_clause(table: Table) -> None:
    members = {"status": "on", "size": 1, "nested": {"name": "x"}}
    clause, values, names = set_clause(members)
    assert table.update("a", clause, "", values, names) == {"pk": "a", **members}
    assert set_clause({}) == ("", {}, {})


def test_an_item_is_deleted_on_a_condition(table: Table) -> None:
    table.put({"pk": "a", "n": 1}, "attribute_not_exists(pk)")
    with pytest.raises(ConditionFailed):
        table.delete("a", "n = :n", {":n": 2})
    table.delete("a", "n = :n", {":n": 1})
    assert table.get("a") is None


def test_reads_are_consistent(stubbed: tuple[Table, Stubber]) -> None:
    table, stubber = stubbed
    expected = {"TableName": "t", "Key": {"pk": {"S": "a"}}, "ConsistentRead": True}
    stubber.add_response("get_item", {}, expected)
    request = {"t": {"Keys": [{"pk": {"S": "a"}}], "ConsistentRead": True}}
    found: Any = {"Responses": {"t": []}, "UnprocessedKeys": {}}
    stubber.add_response("batch_get_item", found, {"RequestItems": request})
    assert table.get("a") is None
    assert table.get_many(["a"]) == {}


@pytest.mark.parametrize(("name", "call"), CALLS, ids=names)
@pytest.mark.parametrize(
    "code",
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
     "AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException",
     "ResourceNotFoundException", "ValidationException", "InternalServerError",
     "ItemCollectionSizeLimitExceededException", "SomethingNew"],
)  # fmt: skip
def test_a_table_that_refuses_is_unavailable(
    stubbed: tuple[Table, Stubber], log: Log, name: str, call: Any, code: str
) -> None:
    table, stubber = stubbed
    stubber.add_client_error(name, code, "secret words", 400)
    with pytest.raises(Unavailable) as unavailable:
        call(table)
    assert (unavailable.value.status, unavailable.value.code) == (503, "storage_unavailable")
    assert unavailable.value.headers == {"Retry-After": "5"}
    assert code in log.text()
    assert "secret words" not in log.text() + str(unavailable.value.as_dict())
    stubber.assert_no_pending_responses()
    flush()
    is_throttled = code.startswith(("Provisioned", "Throttling", "RequestLimit"))
    assert log.metrics().get("StorageThrottled", 0) == is_throttled


@pytest.mark.parametrize(("name", "call"), CALLS, ids=names)
@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        ConnectTimeoutError(endpoint_url="https://dynamodb"),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_table_that_does_not_answer_is_unavailable(
    name: str, call: Any, error: Exception
) -> None:
    client: Any = Failing(error)
    with pytest.raises(Unavailable) as unavailable:
        call(Table("t", client))
    assert unavailable.value.code == "storage_unavailable"
    assert client.calls == 1


@pytest.mark.parametrize(("name", "call"), CALLS[2:], ids=names[2:])
def test_a_conflict_with_a_transaction_is_tried_again(
    stubbed: tuple[Table, Stubber], impatient: list[float], name: str, call: Any
) -> None:
    table, stubber = stubbed
    for _ in range(3):
        stubber.add_client_error(name, "TransactionConflictException", "", 400)
    stubber.add_response(name, {"Attributes": {}} if name == "update_item" else {})
    call(table)
    stubber.assert_no_pending_responses()
    assert len(impatient) == 3
    for tried, pause in enumerate(impatient, start=1):
        assert 0.01 * 2**tried <= pause <= 0.05 * 2**tried


@pytest.mark.parametrize(("name", "call"), CALLS[2:], ids=names[2:])
def test_a_conflict_that_stays_is_given_up(
    stubbed: tuple[Table, Stubber], impatient: list[float], name: str, call: Any
) -> None:
    table, stubber = stubbed
    for _ in range(5):
        stubber.add_client_error(name, "TransactionConflictException", "", 400)
    with pytest.raises(Unavailable) as unavailable:
        call(table)
    assert unavailable.value.code == "storage_unavailable"
    stubber.assert_no_pending_responses()
    assert sum(impatient) < 4


def test_the_pauses_between_tries_differ(impatient: list[float]) -> None:
    from botocore.exceptions import ClientError

    error: Any = {"Error": {"Code": "TransactionConflictException", "Message": ""}}
    client: Any = Failing(ClientError(error, "PutItem"))
    for _ in range(5):
        with pytest.raises(Unavailable):
            Table("t", client).get("a")
    assert len(set(impatient)) == len(impatient)


def test_a_batch_that_is_not_answered_whole_is_unavailable(
    stubbed: tuple[Table, Stubber],
) -> None:
    table, stubber = stubbed
    left = {"t": {"Keys": [{"pk": {"S": "b"}}]}}
    found: Any = {"Responses": {"t": [{"pk": {"S": "a"}}]}, "UnprocessedKeys": left}
    stubber.add_response("batch_get_item", found)
    with pytest.raises(Unavailable):
        table.get_many(["a", "b"])


def test_a_throttled_update_leaves_nothing_half_written(table: Table) -> None:
    table.put({"pk": "a", "n": 1}, "attribute_not_exists(pk)")
    client: Any = Failing(EndpointConnectionError(endpoint_url="https://dynamodb"))
    with pytest.raises(Unavailable):
        Table(table.name, client).update("a", "SET n = :n", "n = :m", {":n": 2, ":m": 1})
    assert table.get("a") == {"pk": "a", "n": 1}


def test_the_client_of_a_process_is_in_time(aws: None, dynamodb: "DynamoDBClient") -> None:
    config: Any = table_module._client().meta.config
    tries = config.retries["total_max_attempts"]
    assert tries * (config.connect_timeout + config.read_timeout) < 12


def test_a_call_that_is_wrong_in_itself_is_no_outage(real_client: "DynamoDBClient") -> None:
    """Nobody is told to try again what was never sent, as with a table that has no name."""
    with pytest.raises(ParamValidationError):
        Table("", real_client).get("a")
