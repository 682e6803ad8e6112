"""The quick DynamoDB's document paths, sizes and sets are as moto's."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.table import Table
from countersign.problems import Unavailable
from tests.support.fuzz import few
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.storage import create_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FEWER = few(4)
NAMES = ["plain", "with-dash", "a.b", "é", "#x", ":y", "~00", "a b", "status"]
CONDITIONS = [
    "attribute_exists(kept.#key)", "attribute_not_exists(kept.#key)", "kept.#key.#state = :x",
    "NOT kept.#key.#state = :x", "attribute_not_exists(#key)", "attribute_exists(kept.#key.#state)",
    "attribute_not_exists(xs) OR size(xs) < :two", "size(xs) >= :two", "size(kept) = :one AND attribute_exists(kept.#key)",
    "size(word) > :two", "attribute_exists(n.#key)",
]  # fmt: skip
UPDATES = [
    "SET kept.#key = :entry", "SET kept.#key = :entry, n = :two ADD xs :z", "DELETE xs :z", "DELETE xs :z SET n = :one",
    "SET #key = :x", "REMOVE kept.#key", "SET n = if_not_exists(kept.#key, :one)",
]  # fmt: skip
VALUES: dict[str, Any] = {
    ":one": 1, ":two": 2, ":x": "trusted", ":entry": {"state": "trusted", "n": 3}, ":z": {"x"},
}  # fmt: skip


@st.composite
def commands(draw: st.DrawFn) -> tuple[str, str, dict[str, Any], dict[str, str]]:
    update, condition = draw(st.sampled_from(UPDATES)), draw(st.sampled_from(CONDITIONS))
    text = f"{update} {condition}"
    values = {
        name: value
        for name, value in VALUES.items()
        if name in text.replace(",", " ").replace(")", " ").split()
    }
    names = {"#key": draw(st.sampled_from(NAMES)), "#state": "state"}
    return update, condition, values, {name: names[name] for name in names if name in text}


ITEM: dict[str, Any] = {"pk": "a", "kept": {}, "xs": {"x", "y"}, "n": 1, "word": "été"}


def did(table: Table, command: tuple[str, str, dict[str, Any], dict[str, str]]) -> Any:
    try:
        return table.update("a", *command)
    except ConditionFailed as failed:
        return "refused", failed.item


@FEWER
@given(st.lists(commands(), max_size=10))
def test_they_are_read_and_written_as_motos(
    dynamodb: "DynamoDBClient", wanted: list[tuple[str, str, dict[str, Any], dict[str, str]]]
) -> None:
    slow = Table(create_table(dynamodb), dynamodb)
    quick = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    for table in (slow, quick):
        table.put(ITEM, "attribute_not_exists(pk)")
    for command in wanted:
        assert did(quick, command) == did(slow, command), command
        assert quick.get("a") == slow.get("a"), command


def test_a_set_that_is_emptied_is_gone_in_both(table: Table) -> None:
    quick = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    for each in (table, quick):
        each.put(ITEM | {"xs": {"x"}}, "attribute_not_exists(pk)")
        each.update("a", "DELETE xs :x", "attribute_exists(pk)", {":x": {"x"}})
        assert each.get("a") == {name: ITEM[name] for name in ("pk", "kept", "n", "word")}


def test_a_transaction_uses_them_as_well(table: Table) -> None:
    quick = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    change = Change(
        "a", "SET kept.#k = :e", "attribute_not_exists(kept.#k)", {":e": 1}, {"#k": "x-y"}
    )
    for each in (table, quick):
        each.put(ITEM, "attribute_not_exists(pk)")
        each.transact([change])
        with pytest.raises(TransactionRefused):
            each.transact([change])
        assert (each.get("a") or {})["kept"] == {"x-y": 1}


def test_neither_makes_a_map_on_the_way(table: Table) -> None:
    quick = Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    for each in (table, quick):
        each.put({"pk": "a"}, "attribute_not_exists(pk)")
        with pytest.raises((Unavailable, AssertionError)):
            each.update("a", "SET kept.#k = :e", "attribute_exists(pk)", {":e": 1}, {"#k": "x"})
        assert each.get("a") == {"pk": "a"}
