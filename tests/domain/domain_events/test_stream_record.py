"""A record of a stream as a change of an item."""

from typing import Any

import pytest

from countersign.aws.items import StoredForm
from countersign.domain_events.stream_record import ItemChange, read_change
from tests.support.clock import START
from tests.support.stream_records import record

TEST, LIVE = StoredForm(livemode=False), StoredForm(livemode=True)
BEFORE = {"pk": "session#vs_1", "rev": 1, "w": b"mark"}
AFTER = BEFORE | {"rev": 2, "reports": {"a", "b"}, "key": b"\x00\xff", "of": [{"by": b"x"}, None]}
PLAIN_BEFORE = {"pk": "session#vs_1", "rev": 1}


def plain(change: ItemChange | None) -> tuple[Any, Any]:
    """Its images, with bytes as they are."""
    assert change is not None
    assert change.at == START
    return change.before, change.after


def test_a_change_has_both_images_without_the_marks_of_writes() -> None:
    before, after = plain(read_change(record(BEFORE, AFTER), TEST))
    assert before == PLAIN_BEFORE
    assert after == PLAIN_BEFORE | {
        "rev": 2,
        "reports": {"a", "b"},
        "key": b"\x00\xff",
        "of": [{"by": b"x"}, None],
    }
    assert isinstance(after["rev"], int)


def test_what_is_made_was_not_there_and_what_is_removed_is_not() -> None:
    assert plain(read_change(record(None, BEFORE), TEST)) == (None, PLAIN_BEFORE)
    assert plain(read_change(record(BEFORE, None), TEST)) == (PLAIN_BEFORE, None)


def test_an_item_of_the_other_mode_is_as_if_it_were_not_there() -> None:
    assert read_change(record(BEFORE, AFTER), LIVE) is None
    assert read_change(record(BEFORE, AFTER, live=True), TEST) is None
    assert plain(read_change(record(None, BEFORE, live=True), LIVE)) == (None, PLAIN_BEFORE)


@pytest.mark.parametrize("missing", ["OldImage", "NewImage", "Keys", "ApproximateCreationDateTime"])
def test_a_record_without_what_each_has_is_not_read(missing: str) -> None:
    broken = record(BEFORE, AFTER)
    del broken["dynamodb"][missing]
    with pytest.raises(LookupError):
        read_change(broken, TEST)


@pytest.mark.parametrize(
    "value", [{"X": "1"}, {"B": "?"}, {"S": "a", "N": "1"}, "text", {"N": "x"}]
)
def test_a_value_that_is_none_is_not_read(value: Any) -> None:
    broken = record(BEFORE, AFTER)
    broken["dynamodb"]["NewImage"]["rev"] = value
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError, ArithmeticError)):
        read_change(broken, TEST)
