"""The present state of every item is told once more."""

from collections import deque

import pytest

from countersign.domain_events.republish import PAGE, Republish, republish
from countersign.domain_events.told import TableName
from tests.support.logs import Log
from tests.support.publishing import Publishing
from tests.support.stream_records import NAMES, session


@pytest.fixture
def world() -> Publishing:
    return Publishing()


def stored(world: Publishing, *subjects: str, revision: int = 3) -> None:
    for subject in subjects:
        item = session(subject, revision)
        assert item is not None
        world.store("identity", item)


def run(world: Publishing, table: TableName | None = None, after: str = "") -> Republish:
    return republish(world.context, world.left, table, after)


def numbered(count: int) -> list[str]:
    return [f"vs_{at:04d}" for at in range(count)]


def test_every_item_is_told_as_it_is_now(world: Publishing) -> None:
    world.epoch = 1
    stored(world, "vs_1", "vs_2")
    assert run(world) == Republish(items=2, published=2)
    assert world.bus.identities() == [("vs_1", 10**12 + 3), ("vs_2", 10**12 + 3)]
    assert [(told["type"], told["replayed"]) for told in world.bus.told] == [
        ("identity.processing", True)
    ] * 2


def test_an_item_that_tells_nothing_is_passed_by(world: Publishing) -> None:
    stored(world, "vs_1")
    world.store("identity", {"pk": "user#1", "attempt": 1})
    world.store("spc", {"pk": "user#1"})
    assert run(world) == Republish(items=3, published=1)


def test_items_of_the_other_mode_are_as_if_they_were_not_there(world: Publishing) -> None:
    stored(world, "vs_1")
    world.livemode = True
    stored(world, "vs_2")
    assert run(world) == Republish(items=1, published=1)
    assert world.bus.identities() == [("vs_2", 3)]
    world.livemode = False
    assert run(world).published == 1


def test_many_items_are_read_in_pages_and_told_in_tens(world: Publishing) -> None:
    stored(world, *numbered(2 * PAGE + 1))
    assert run(world) == Republish(items=2 * PAGE + 1, published=2 * PAGE + 1)
    assert len(world.bus.calls) == 21


def test_one_table_alone_may_be_told(world: Publishing) -> None:
    stored(world, "vs_1")
    assert run(world, "step_up") == Republish()
    assert run(world, "identity") == Republish(items=1, published=1)


def test_a_republish_that_runs_out_of_time_says_where_to_go_on(world: Publishing) -> None:
    subjects = numbered(2 * PAGE + 50)
    stored(world, *subjects)

    def left() -> float:
        return 100 if len(world.bus.told) < PAGE else 20

    first = republish(world.context, left)
    assert (first.items, first.published, first.reason) == (PAGE, PAGE, "NoTimeLeft")
    second = run(world, after=first.next)
    assert second == Republish(items=PAGE + 50, published=PAGE + 50)
    assert [subject for subject, _ in world.bus.identities()] == subjects


def test_time_that_runs_out_within_a_page_has_the_page_told_again(world: Publishing) -> None:
    stored(world, *numbered(30))
    times = iter([100, 100, 20])
    found = republish(world.context, lambda: next(times))
    assert (found.items, found.published, found.reason) == (0, 10, "NoTimeLeft")
    assert run(world, after=found.next) == Republish(items=30, published=30)


def test_a_republish_goes_on_in_the_tables_that_follow(world: Publishing) -> None:
    stored(world, "vs_1")
    times = iter([100, 100, 20])
    found = republish(world.context, lambda: next(times))
    assert (found.next, found.published) == ("installs:", 1)
    assert run(world, after=found.next) == Republish()


def test_a_republish_without_any_time_begins_at_the_beginning(world: Publishing) -> None:
    stored(world, "vs_1")
    world.seconds = 10
    assert run(world) == Republish(next="identity:", reason="NoTimeLeft")
    assert run(world, "step_up").next == "step_up:"


def test_a_republish_ends_where_the_bus_fails(world: Publishing) -> None:
    stored(world, *numbered(PAGE + 20))
    world.bus.faults.extend([{} for _ in range(11)] + ["ThrottlingException"])
    found = run(world)
    assert (found.items, found.published, found.reason) == (PAGE, PAGE + 10, "ThrottlingException")
    assert run(world, after=found.next) == Republish(items=20, published=20)


def test_a_republish_ends_where_the_table_fails(world: Publishing) -> None:
    stored(world, "vs_1")
    world.dynamodb.failures["Scan"] = deque(["ThrottlingException"])
    found = run(world)
    assert (found.items, found.reason, found.next) == (0, "storage_unavailable", "identity:")
    assert run(world, after=found.next).published == 1


def test_an_item_that_cannot_be_told_holds_nobody_up(world: Publishing, log: Log) -> None:
    stored(world, "vs_1", "vs_3")
    world.store("identity", {"pk": "session#vs_2"})
    assert run(world) == Republish(items=3, published=2, untold=1)
    (line,) = [entry for entry in log.entries() if entry["level"] == "ERROR"]
    assert (line["table"], line["pk"], line["reason"]) == ("identity", "session#vs_2", "KeyError")


def test_an_item_that_the_bus_never_takes_holds_nobody_up(world: Publishing, log: Log) -> None:
    stored(world, "vs_1", "vs_2")
    world.bus.poison = lambda entry: "MalformedDetail" if "vs_1" in entry["Detail"] else ""
    assert run(world) == Republish(items=2, published=1, untold=1)
    assert world.bucket.calls == []
    assert [entry["pk"] for entry in log.entries()] == ["session#vs_1"]


@pytest.mark.parametrize(
    ("table", "after"),
    [
        ("operations", ""),
        (None, "operations:a"),
        ("identity", "spc:a"),
        (None, "nonsense"),
        ("", ""),
    ],
)
def test_a_table_or_a_place_that_is_none_is_refused(
    world: Publishing, table: TableName | None, after: str
) -> None:
    with pytest.raises(ValueError, match="must be one of"):
        run(world, table, after)


def test_a_place_may_contain_every_character(world: Publishing) -> None:
    stored(world, "vs_1:2", "vs_1:3")
    assert run(world, after="identity:session#vs_1:2") == Republish(items=1, published=1)
    assert NAMES["identity"] in world.dynamodb.tables
