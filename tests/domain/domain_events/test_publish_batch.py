"""A batch of a stream is told up to the first change that may be told later."""

from typing import Any

import pytest

from countersign.aws.telemetry import flush
from countersign.domain_events.publish_batch import NotPublished, publish_batch
from tests.support.logs import Log
from tests.support.publishing import Publishing
from tests.support.stream_records import Record, change, number_of, record, session

DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """What earlier tests have counted is written before this one is looked at."""
    flush()


@pytest.fixture
def world() -> Publishing:
    return Publishing()


def publish(world: Publishing, *records: Record) -> Any:
    return publish_batch(world.context, records, world.left)


def broken(subject: str = "vs_broken") -> Record:
    """A record that no rule can read."""
    found = change(subject, 2)
    del found["dynamodb"]["NewImage"]["status"]
    return found


def failing(*positions: int) -> list[dict[int, str]]:
    """What has the bus fail for these positions of a call, and go on failing for what is left."""
    first = dict.fromkeys(positions, "InternalFailure")
    rest = dict.fromkeys(range(len(positions)), "InternalFailure")
    return [first, rest, rest]


def test_every_change_that_tells_something_is_told_in_its_order(world: Publishing) -> None:
    changes = [change("vs_1", 1), change("vs_2", 1), change("vs_1", 2), change("vs_1", 3)]
    assert publish(world, *changes) == DONE
    assert world.bus.identities() == [("vs_1", 1), ("vs_2", 1), ("vs_1", 2), ("vs_1", 3)]
    assert [detail["replayed"] for detail in world.bus.told] == [False] * 4


def test_a_change_that_tells_nothing_is_done(world: Publishing) -> None:
    polled = record(session("vs_1", 1), (session("vs_1", 1) or {}) | {"polls": 1})
    assert publish(world, polled, record(session("vs_1", 1), None)) == DONE
    assert (world.bus.calls, world.bucket.calls) == ([], [])


def test_a_change_of_the_other_mode_is_done(world: Publishing) -> None:
    assert publish(world, record(None, session("vs_1", 1), live=True)) == DONE
    assert world.bus.calls == []


def test_the_table_of_a_change_decides_what_its_key_means(world: Publishing) -> None:
    assert publish(world, change("vs_1", 1, table="step_up")) == DONE
    assert world.bus.calls == []


def test_the_first_change_that_may_be_told_later_is_where_the_batch_comes_again(
    world: Publishing,
) -> None:
    changes = [change(f"vs_{at}", 1) for at in range(4)]
    world.bus.faults.extend(failing(2))
    answer = publish(world, *changes)
    assert answer == {"batchItemFailures": [{"itemIdentifier": number_of(changes[2])}]}


def test_a_batch_whose_first_change_may_be_told_later_fails(world: Publishing) -> None:
    """The emulator takes every answer for a success, and AWS a failure for what it is."""
    world.bus.faults.append("ThrottlingException")
    with pytest.raises(NotPublished, match=r"^ThrottlingException$"):
        publish(world, change("vs_1", 1), change("vs_2", 1))


def test_a_batch_without_time_left_fails(world: Publishing) -> None:
    world.seconds = 20
    with pytest.raises(NotPublished, match=r"^NoTimeLeft$"):
        publish(world, change("vs_1", 1))


def test_a_change_that_cannot_be_read_is_put_aside_and_done(world: Publishing, log: Log) -> None:
    bad = broken()
    assert publish(world, change("vs_1", 1), bad, change("vs_2", 1)) == DONE
    assert world.bus.identities() == [("vs_1", 1), ("vs_2", 1)]
    assert world.bucket.documents() == [
        {
            "reason": "KeyError",
            "table": "identity",
            "epoch": 0,
            "put_aside_at": world.clock(),
            "record": bad,
        }
    ]
    (line,) = [entry for entry in log.entries() if entry["message"] == "a change was put aside"]
    assert (line["level"], line["reason"], line["table"]) == ("ERROR", "KeyError", "identity")
    assert line["key"] in world.bucket.objects
    assert "vs_broken" not in log.text()


@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument"])
def test_a_change_whose_event_the_bus_never_takes_is_put_aside_and_done(
    world: Publishing, code: str
) -> None:
    world.bus.poison = lambda entry: code if "vs_2" in entry["Detail"] else ""
    changes = [change("vs_1", 1), change("vs_2", 1), change("vs_3", 1)]
    assert publish(world, *changes) == DONE
    assert world.bus.identities() == [("vs_1", 1), ("vs_3", 1)]
    assert [(found["reason"], found["record"]) for found in world.bucket.documents()] == [
        (code, changes[1])
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"eventSourceARN": "arn:aws:dynamodb:eu-west-1:1:table/another/stream/1"},
        {"eventSourceARN": None},
        {"dynamodb": None},
        {"dynamodb": {}},
        {"eventName": "RENAME", "dynamodb": {"Keys": {"pk": {"S": "session#1"}}}},
    ],
)
def test_a_record_that_is_none_is_put_aside_whole(
    world: Publishing, members: dict[str, Any]
) -> None:
    bad = change("vs_1", 1) | members
    assert publish(world, bad) == DONE
    assert [found["record"] for found in world.bucket.documents()] == [bad]


def test_what_is_put_aside_twice_is_there_once(world: Publishing) -> None:
    bad = broken()
    publish(world, bad, change("vs_1", 1))
    publish(world, bad, broken("vs_other"))
    assert len(world.bucket.objects) == 2


def test_what_is_put_aside_is_in_the_order_of_time(world: Publishing) -> None:
    changes = [broken(f"vs_{at}") for at in range(3)]
    early = broken("vs_early")
    early["dynamodb"]["ApproximateCreationDateTime"] = 1
    publish(world, *changes, early)
    assert [found["record"] for found in world.bucket.documents()] == [early, *changes]


def test_a_change_that_cannot_be_put_aside_stops_the_batch_there(world: Publishing) -> None:
    bad = broken()
    world.bucket.faults.append("SlowDown")
    answer = publish(world, change("vs_1", 1), bad, change("vs_2", 1))
    assert answer == {"batchItemFailures": [{"itemIdentifier": number_of(bad)}]}
    world.bucket.faults.append("AccessDenied")
    with pytest.raises(NotPublished, match=r"^AccessDenied$"):
        publish(world, bad, change("vs_2", 1))


def test_what_comes_again_is_not_put_aside_yet(world: Publishing) -> None:
    world.bus.faults.extend(failing(0))
    with pytest.raises(NotPublished):
        publish(world, change("vs_1", 1), broken())
    assert world.bucket.objects == {}


def test_each_that_is_put_aside_is_counted(world: Publishing, log: Log) -> None:
    publish(world, broken("vs_1"), change("vs_2", 1), broken("vs_3"))
    flush()
    assert log.metrics() == {"RecordPutAside": 2}


def test_an_invocation_is_one_line_of_what_it_did(world: Publishing, log: Log) -> None:
    publish(world, change("vs_1", 1), change("vs_1", 2))
    (line,) = log.entries()
    names = ("message", "records", "published", "calls", "put_aside")
    assert [line[name] for name in names] == ["changes told", 2, 2, 2, 0]
    world.bus.faults.append("AccessDeniedException")
    with pytest.raises(NotPublished):
        publish(world, change("vs_1", 3))
    assert (log.entries()[-1]["stopped_at"], log.entries()[-1]["reason"]) == (
        0,
        "AccessDeniedException",
    )
    assert "vs_1" not in log.text()


def test_in_live_mode_what_is_told_says_so(world: Publishing) -> None:
    world.livemode = True
    item = (session("vs_1", 1) or {}) | {"livemode": True}
    assert publish(world, record(None, item, live=True), change("vs_2", 1)) == DONE
    assert [(detail["subject"], detail["livemode"]) for detail in world.bus.told] == [
        ("vs_1", True)
    ]


def test_the_epoch_stands_above_an_items_own_count(world: Publishing) -> None:
    world.epoch = 2
    publish(world, change("vs_1", 7))
    assert world.bus.identities() == [("vs_1", 2 * 10**12 + 7)]


@pytest.mark.parametrize("poison", ["", "MalformedDetail"])
def test_text_that_is_no_unicode_ends_no_batch(world: Publishing, poison: str) -> None:
    """JSON allows half a pair of surrogates, which no encoding can carry as it is."""
    bad = change("vs_bad", 1)
    bad["dynamodb"]["NewImage"]["user"] = {"S": "0123456789abcdef#\ud800"}
    world.bus.poison = lambda entry: poison if "vs_bad" in entry["Detail"] else ""
    assert publish(world, bad, change("vs_2", 1)) == DONE
    assert ("vs_2", 1) in world.bus.identities()
    assert len(world.bucket.objects) == bool(poison)
