"""botocore repeats a write whose answer is late: what the first try has stored is a success.

On a server that answers late, with the real botocore.
"""

import time
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.table import Table
from countersign.http.idempotency import IdempotencyKey, create_once
from countersign.problems import Unavailable
from tests.support.late_dynamodb import LateDynamoDB, late_dynamodb

NEW = "attribute_not_exists(pk)"
KEY = IdempotencyKey("user_1", "create", "key-1", b"{}")


@pytest.fixture(scope="module")
def served(aws: None) -> Iterator[tuple[LateDynamoDB, Table]]:
    with late_dynamodb() as (late, client):
        yield late, Table("quick", client)


@pytest.fixture
def late(served: tuple[LateDynamoDB, Table]) -> LateDynamoDB:
    """The server with an empty table, which is late once."""
    found, _ = served
    found.quick.rows.clear()
    found.received.clear()
    found.late = 1
    return found


@pytest.fixture
def table(served: tuple[LateDynamoDB, Table]) -> Table:
    return served[1]


def test_a_put_that_botocore_repeats_has_succeeded(late: LateDynamoDB, table: Table) -> None:
    table.put({"pk": "a", "n": 1}, NEW)
    assert late.received == ["PutItem"] * 2
    assert table.get("a") == {"pk": "a", "n": 1}


def test_an_update_that_botocore_repeats_is_made_once(late: LateDynamoDB, table: Table) -> None:
    """Its condition still holds after the first try, so that the second would add again."""
    found = table.update(
        "a", "ADD n :one", "attribute_not_exists(n) OR n < :most", {":one": 1, ":most": 5}
    )
    assert late.received == ["UpdateItem"] * 2
    assert found == table.get("a") == {"pk": "a", "n": 1}


def test_an_update_without_a_condition_is_made_once_too(late: LateDynamoDB, table: Table) -> None:
    assert table.update("a", "ADD n :one", "", {":one": 1}) == {"pk": "a", "n": 1}
    assert late.received == ["UpdateItem"] * 2


def test_a_write_is_not_known_by_what_it_writes(late: LateDynamoDB, table: Table) -> None:
    """Two requests may write the same record in the same second, and one of them is the first."""
    table.put({"pk": "a", "n": 1}, NEW)
    late.late = 1
    with pytest.raises(ConditionFailed) as failed:
        table.put({"pk": "a", "n": 1}, NEW)
    assert failed.value.item == {"pk": "a", "n": 1}


def test_a_delete_that_botocore_repeats_has_succeeded(late: LateDynamoDB, table: Table) -> None:
    late.late = 0
    table.put({"pk": "a", "n": 1}, NEW)
    late.late = 1
    table.delete("a", "n = :n", {":n": 1})
    assert late.received.count("DeleteItem") == 2
    assert table.get("a") is None


def test_a_transaction_that_botocore_repeats_is_made_once(late: LateDynamoDB, table: Table) -> None:
    changes = [Change.create("a", {"n": 1}), Change("b", "ADD n :one", "", {":one": 1})]
    table.transact(changes)
    assert late.received == ["TransactWriteItems"] * 2
    assert table.get("b") == {"pk": "b", "n": 1}
    with pytest.raises(TransactionRefused):
        table.transact(changes)


def test_a_request_under_a_key_is_answered_though_every_write_of_its_record_is_late(
    late: LateDynamoDB, table: Table
) -> None:
    def create() -> tuple[str, str]:
        late.late = 1
        return "r1", "made"

    assert create_once(table, KEY, create, lambda found: f"{found} again") == "made"
    assert late.received == ["PutItem"] * 2 + ["UpdateItem"] * 2
    assert create_once(table, KEY, create, lambda found: f"{found} again") == "r1 again"


def test_a_failed_request_that_frees_its_key_twice_does_not_free_it_for_another(
    late: LateDynamoDB, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other begins within the same second, between the removal and its repetition."""
    late.late = 0
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000)
    remove = late.quick.delete_item

    def fail() -> tuple[str, str]:
        raise Unavailable("stripe")

    def other() -> tuple[str, str]:
        with pytest.raises(ClientError):
            remove(**asked[0])
        return "r2", "made by the other"

    asked = []

    def delete_item(**request: object) -> object:
        asked.append(request)
        return remove(**request)

    monkeypatch.setattr(late.quick, "delete_item", delete_item)
    with pytest.raises(Unavailable):
        create_once(table, KEY, fail, str)
    assert create_once(table, KEY, other, str) == "made by the other"
    assert create_once(table, KEY, fail, lambda found: f"{found} again") == "r2 again"
