"""The units that DynamoDB takes, by its published rules."""

import pytest

from bench.growth.metered_dynamodb import MeteredDynamoDB, deployed_indexes
from bench.payments.meter import Used
from bench.units import index_units, query_units, read_units, size, write_units
from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.table import Table

DUE = ["by_due", "due_at"]
KEY = {"pk": {"S": "a"}}


def row(length: int, **more: str) -> dict[str, dict[str, str]]:
    """An item of so many bytes, but for members of the index."""
    padding = {"x": {"S": "v" * (length - size(KEY) - 1)}}
    return KEY | padding | {name: {"S": value} for name, value in more.items()}


def test_an_item_is_as_large_as_its_names_and_values() -> None:
    assert size({"pk": {"S": "é"}}) == 2 + 2
    assert size({"n": {"N": "1795320000"}}) == 1 + 4
    assert size({"n": {"N": "-12.5"}}) == 1 + 4
    assert size({"b": {"B": b"12345"}}) == size({"b": {"B": "MTIzNDU="}}) == 1 + 5
    assert size({"t": {"BOOL": True}, "z": {"NULL": True}}) == 4
    assert size({"l": {"L": [{"S": "ab"}, {"S": "c"}]}}) == 1 + 3 + (1 + 2) + (1 + 1)
    assert size({"m": {"M": {"ab": {"S": "c"}}}}) == 1 + 3 + (1 + 2 + 1)
    assert size({"s": {"SS": ["ab", "c"]}}) == 1 + 3
    assert size(None) == 0


@pytest.mark.parametrize(
    ("length", "read", "write"),
    [(10, 1, 1), (1024, 1, 1), (1025, 1, 2), (4096, 1, 4), (4097, 2, 5)],
)
def test_units_are_started_ones(length: int, read: int, write: int) -> None:
    assert size(row(length)) == length
    assert read_units(row(length)) == read
    assert write_units(None, row(length)) == write
    assert write_units(row(length), None) == write


def test_what_is_not_there_takes_a_unit_to_read() -> None:
    assert read_units(None) == 1
    assert query_units([]) == 0.5


def test_a_write_takes_what_the_larger_item_would() -> None:
    assert write_units(row(3000), row(10)) == 3


def test_a_page_of_an_index_takes_half_of_its_entries_together() -> None:
    assert query_units([row(1000)] * 4) == 0.5
    assert query_units([row(1000)] * 5) == 1


def test_an_entry_of_an_index_is_put_removed_or_moved() -> None:
    one = row(100, by_due="a", due_at="1")
    other = row(100, by_due="a", due_at="2")
    assert index_units(None, one, DUE) == 1
    assert index_units(one, row(100), DUE) == 1
    assert index_units(one, other, DUE) == 2
    assert index_units(one, one | {"y": {"S": "more"}}, DUE) == 0
    assert index_units(row(10), row(20), DUE) == 0


class TestMeteredDynamoDB:
    @pytest.fixture
    def dynamodb(self) -> MeteredDynamoDB:
        return MeteredDynamoDB({"quick": {"Due": DUE}})

    @pytest.fixture
    def table(self, dynamodb: MeteredDynamoDB) -> Table:
        found = Table("quick", dynamodb)  # type: ignore[arg-type]
        found.put({"pk": "a", "text": "v" * 2000, "by_due": "7", "due_at": 5}, "")
        return found

    def test_a_put_takes_its_item_and_its_entry(
        self, dynamodb: MeteredDynamoDB, table: Table
    ) -> None:
        assert dynamodb.used == Used(dynamodb=1, writes=2 + 1)

    def test_reads_are_counted(self, dynamodb: MeteredDynamoDB, table: Table) -> None:
        dynamodb.used = Used()
        table.get("a")
        table.get_many(["a", "b"])
        assert table.due("7", 9, 10) == {"a": 5}
        assert dynamodb.used == Used(dynamodb=3, reads=1 + 2 + 0.5)

    def test_a_refused_write_takes_the_item_that_is_there(
        self, dynamodb: MeteredDynamoDB, table: Table
    ) -> None:
        dynamodb.used = Used()
        with pytest.raises(ConditionFailed):
            table.put({"pk": "a"}, "attribute_not_exists(pk)")
        assert dynamodb.used == Used(dynamodb=1, writes=2)

    @pytest.mark.parametrize("holds", [True, False])
    def test_a_transaction_takes_two_units_for_one(
        self, dynamodb: MeteredDynamoDB, table: Table, holds: bool
    ) -> None:
        dynamodb.used = Used()
        checked = Change("a", "", f"attribute{'_' if holds else '_not_'}exists(pk)")
        written = Change("b", "SET v = :v", "", {":v": 1})
        if holds:
            table.transact([checked, written])
        else:
            with pytest.raises(TransactionRefused):
                table.transact([checked, written])
        assert dynamodb.used == Used(dynamodb=1, writes=2 * 2 + 2 * 1)


def test_the_indexes_are_those_of_the_template() -> None:
    found = deployed_indexes({"one": "IdentityTable", "two": "SpcTable"})
    assert found == {"one": {"Due": DUE}, "two": {}}
