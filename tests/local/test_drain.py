"""Which changes have to be told, and which the emulator's log says are."""

from pathlib import Path

import pytest

from local.drain import ProcessedLog, passes

FILTERS = [
    {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "session#"}, {"prefix": "live#session#"}]}}},
    },
    {
        "eventName": ["REMOVE"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "credential#"}]}}},
    },
]


@pytest.mark.parametrize(
    ("name", "pk", "expected"),
    [
        ("INSERT", "session#vs_1", True),
        ("MODIFY", "live#session#vs_1", True),
        ("REMOVE", "session#vs_1", False),
        ("REMOVE", "credential#k", True),
        ("INSERT", "credential#k", False),
        ("INSERT", "slot#1", False),
    ],
)
def test_a_change_passes_one_of_the_filters_or_is_not_told(
    name: str, pk: str, expected: bool
) -> None:
    record = {"eventName": name, "dynamodb": {"Keys": {"pk": {"S": pk}}}}
    assert passes(record, FILTERS) is expected
    assert passes(record, [])


def test_a_record_without_a_key_that_is_filtered_for_does_not_pass() -> None:
    assert not passes({"eventName": "INSERT", "dynamodb": {}}, FILTERS)


def test_what_the_log_calls_processed_is_counted_by_table_as_it_grows(tmp_path: Path) -> None:
    file = tmp_path / "ministack.log"
    file.write_text(
        "x [INFO] lambda: ESM: Lambda f processed 3 DynamoDB stream records from one\n"
        "x [WARNING] lambda: ESM: Lambda f failed processing DynamoDB stream batch from one\n"
        "x [INFO] lambda: ESM: Lambda f processed 1 DynamoDB stream records from two\n"
        "x [INFO] lambda: ESM: Lambda f processed 2 DynamoDB stream"
    )
    log = ProcessedLog(file)
    assert log.counted() == {"one": 3, "two": 1}
    with file.open("a") as more:
        more.write(" records from one\n")
    assert log.counted() == {"one": 5, "two": 1}
    assert log.counted() == {"one": 5, "two": 1}
