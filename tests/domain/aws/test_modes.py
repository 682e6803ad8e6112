"""Test mode and live mode over one table: what is stored in one is not there in the other."""

import pytest

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.due_index import SHARDS, due_members, shard_of
from countersign.aws.table import Table
from tests.support.quick_dynamodb import QuickDynamoDB

NEW = "attribute_not_exists(pk)"
INDEX = "ByShop", "by_shop", "shop_1"


@pytest.fixture
def dynamodb() -> QuickDynamoDB:
    return QuickDynamoDB("quick", "other")


@pytest.fixture
def test(dynamodb: QuickDynamoDB) -> Table:
    client: object = dynamodb
    return Table("quick", client)  # type: ignore[arg-type]


@pytest.fixture
def live(dynamodb: QuickDynamoDB) -> Table:
    client: object = dynamodb
    return Table("quick", client, livemode=True)  # type: ignore[arg-type]


def listed(pk: str, place: str) -> dict[str, str]:
    return {"pk": pk, "by_shop": "shop_1", "shop": "shop_1", "listed": place}


def test_no_read_of_one_mode_finds_what_the_other_has_stored(test: Table, live: Table) -> None:
    test.put(listed("a", "1"), NEW)
    assert live.get("a") is None
    assert live.get_many(["a"]) == {}
    assert live.newest(*INDEX, None, 10) == {}
    live.put(listed("a", "2"), NEW)
    live.put(listed("b", "3"), NEW)
    assert test.get_many(["a", "b"]) == {"a": listed("a", "1")}
    assert test.newest(*INDEX, None, 10) == {"a": "1"}
    assert live.get("b") == listed("b", "3")
    assert live.newest(*INDEX, None, 1) == {"b": "3"}
    assert live.newest(*INDEX, "3", 1) == {"a": "2"}


def test_a_scan_finds_the_items_of_one_mode_in_pages(test: Table, live: Table) -> None:
    for table, names in ((test, "ace"), (live, "bd")):
        for name in names:
            table.put({"pk": name}, NEW)
    assert test.scan("", 10) == ([{"pk": "a"}, {"pk": "c"}, {"pk": "e"}], "")
    assert live.scan("", 10) == ([{"pk": "b"}, {"pk": "d"}], "")
    for table, names in ((test, ["a", "c", "e"]), (live, ["b", "d"])):
        found, after = [], None
        while after != "":
            items, after = table.scan(after or "", 2)
            found += [item["pk"] for item in items]
        assert found == names


def test_what_is_due_in_one_mode_is_not_due_in_the_other(test: Table, live: Table) -> None:
    shard = shard_of("a")
    test.put({"pk": "a", **due_members("a", 10)}, NEW)
    live.put({"pk": "a", **due_members("a", 20)}, NEW)
    live.put({"pk": "a lot later", "by_due": shard, "due_at": 30}, NEW)
    assert test.due(shard, 100, 10) == {"a": 10}
    assert live.due(shard, 29, 10) == {"a": 20}
    assert live.due(shard, 19, 10) == {}
    assert list(live.due(shard, 30, 10)) == ["a", "a lot later"]
    assert live.due(shard, 30, 1) == {"a": 20}
    assert live.due(next(other for other in SHARDS if other != shard), 100, 10) == {}


def test_no_write_of_one_mode_touches_what_the_other_has_stored(test: Table, live: Table) -> None:
    test.put({"pk": "a", "n": 1}, NEW)
    with pytest.raises(ConditionFailed) as failed:
        live.update("a", "SET n = :n", "attribute_exists(pk)", {":n": 2})
    assert failed.value.item is None
    assert live.update("a", "SET n = :n", "", {":n": 2}) == {"pk": "a", "n": 2}
    live.delete("a", "n = :n", {":n": 2})
    assert test.get("a") == {"pk": "a", "n": 1}


def test_a_refused_transaction_reports_the_keys_of_its_changes(test: Table, live: Table) -> None:
    test.put({"pk": "a"}, NEW)
    changes = [Change.create("a", {"n": 1}), Change("b", "", "n = :n", {":n": 1})]
    with pytest.raises(TransactionRefused) as refused:
        live.transact(changes)
    assert refused.value.failed == {"b": None}
    live.put({"pk": "b", "n": 1}, NEW)
    live.transact(changes)
    with pytest.raises(TransactionRefused) as refused:
        live.transact(changes)
    assert refused.value.failed == {"a": {"pk": "a", "n": 1}}


def test_a_transaction_spans_tables_of_one_mode(dynamodb: QuickDynamoDB, live: Table) -> None:
    live.transact(
        [Change.create("a", {"n": 1}), Change("b", "ADD n :n", "", {":n": 1}, table="other")]
    )
    assert set(dynamodb.tables["quick"]) == {"live#a"}
    assert set(dynamodb.tables["other"]) == {"live#b"}
    checked = Change("b", "", "n = :n", {":n": 2}, table="other")
    with pytest.raises(TransactionRefused) as refused:
        live.transact([Change.create("c", {"n": 1}), checked])
    assert refused.value.failed == {"b": {"pk": "b", "n": 1}}
    assert live.get("c") is None
