"""What was put aside is published, and removed from the bucket."""

import json
from typing import Any

import pytest

from countersign.domain_events.publish_batch import publish_batch
from countersign.domain_events.replay import Replay, replay
from tests.support.logs import Log
from tests.support.publishing import Publishing
from tests.support.stream_records import Record, change


@pytest.fixture
def world() -> Publishing:
    return Publishing()


def poisoned(world: Publishing, *changes: Record) -> None:
    """Have these changes put aside, since the bus does not take their events."""
    world.bus.poison = lambda entry: "MalformedDetail"
    publish_batch(world.context, changes, world.left)
    world.bus.poison = lambda entry: ""
    assert len(world.bucket.objects) == len(changes)


def run(world: Publishing, after: str = "") -> Replay:
    return replay(world.context, world.left, after)


def lambdas(*records: Any) -> dict[str, Any]:
    """What Lambda writes of a batch that it gave up on."""
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {"batchSize": len(records)},
        "payload": json.dumps({"Records": records}),
    }


def hold(world: Publishing, key: str, document: Any) -> None:
    world.bucket.objects[key] = json.dumps(document).encode()


def test_what_was_put_aside_is_published_and_removed(world: Publishing) -> None:
    poisoned(world, change("vs_1", 1), change("vs_2", 4), change("vs_1", 2))
    assert run(world) == Replay(objects=3, published=3, removed=3)
    assert world.bus.identities() == [("vs_1", 1), ("vs_2", 4), ("vs_1", 2)]
    assert [detail["replayed"] for detail in world.bus.told] == [False] * 3
    assert world.bucket.objects == {}
    assert run(world) == Replay()


def test_it_has_the_id_that_it_would_have_had(world: Publishing) -> None:
    told = change("vs_1", 1)
    poisoned(world, told)
    run(world)
    publish_batch(world.context, [told], world.left)
    first, second = (detail["id"] for detail in world.bus.told)
    assert first == second


@pytest.mark.parametrize("as_text", [True, False])
def test_what_lambda_gave_up_on_is_published_and_removed(world: Publishing, as_text: bool) -> None:
    document = lambdas(change("vs_1", 1), change("vs_1", 2), change("vs_2", 1))
    if not as_text:
        document["payload"] = json.loads(document["payload"])
    hold(world, "aws/lambda/mapping/shard/2030/01/01/a", document)
    assert run(world) == Replay(objects=1, published=3, removed=1)
    assert world.bus.identities() == [("vs_1", 1), ("vs_2", 1), ("vs_1", 2)]
    assert world.bucket.objects == {}


def test_what_tells_nothing_is_removed(world: Publishing) -> None:
    hold(world, "aws/lambda/a", lambdas(change("vs_1", 1, table="step_up")))
    assert run(world) == Replay(objects=1, removed=1)
    assert world.bucket.objects == {}


def test_what_still_cannot_be_told_stays(world: Publishing) -> None:
    poisoned(world, change("vs_1", 1), change("vs_2", 1))
    before = dict(world.bucket.objects)
    world.bus.poison = lambda entry: "MalformedDetail" if "vs_1" in entry["Detail"] else ""
    assert run(world) == Replay(objects=2, published=1, removed=1, kept=1)
    assert list(world.bucket.objects) == list(before)[:1]


def test_of_a_batch_that_lambda_gave_up_on_only_what_cannot_be_told_stays(
    world: Publishing,
) -> None:
    bad = change("vs_bad", 1)
    hold(world, "aws/lambda/a", lambdas(change("vs_1", 1), bad))
    world.bus.poison = lambda entry: "MalformedDetail" if "vs_bad" in entry["Detail"] else ""
    assert run(world) == Replay(objects=1, published=1, removed=1, kept=1)
    assert [found["record"] for found in world.bucket.documents()] == [bad]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"[]", b"null", b'{"payload": "?"}', b'{"record": 1}'),
        b'{"record": "?", "table": "identity", "epoch": 0}',
        b'{"payload": {"Records": [1]}}',
        b'{"payload": {"Records": 1}}',
    ],
)
def test_what_is_neither_ours_nor_lambdas_is_left_alone(
    world: Publishing, log: Log, body: bytes
) -> None:
    world.bucket.objects["a.json"] = body
    poisoned_key = "z.json"
    hold(world, poisoned_key, {"record": change("vs_1", 1), "table": "identity", "epoch": 0})
    assert run(world) == Replay(objects=2, published=1, removed=1, unknown=1)
    assert world.bucket.objects == {"a.json": body}
    assert [entry["key"] for entry in log.entries()] == ["a.json"]


def test_a_change_keeps_its_table_though_that_is_another_one_now(world: Publishing) -> None:
    """A table was restored under another name."""
    record = change("vs_1", 1, table="former-table")
    document = {"record": record, "table": "identity", "epoch": 0}
    hold(world, "changes/1.json", document)
    assert run(world).published == 1


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_a_replay_that_runs_out_of_time_says_where_to_go_on(world: Publishing, page: int) -> None:
    world.bucket.page = page
    changes = [change(f"vs_{at}", 1) for at in range(5)]
    poisoned(world, *changes)
    world.bus.poison = lambda entry: "MalformedDetail" if "vs_1" in entry["Detail"] else ""
    keys = sorted(world.bucket.objects)

    def left() -> float:
        return 20 if len(world.bus.told) == 2 else 100

    first = replay(world.context, left)
    assert first == Replay(3, 2, 2, 1, 0, next=keys[2], reason="NoTimeLeft")
    second = run(world, first.next)
    assert second == Replay(objects=2, published=2, removed=2)
    assert list(world.bucket.objects) == [keys[1]]


def test_a_replay_without_any_time_begins_at_the_beginning(world: Publishing) -> None:
    poisoned(world, change("vs_1", 1))
    world.seconds = 10
    found = run(world)
    assert (found.objects, found.reason) == (0, "NoTimeLeft")
    world.seconds = 100
    assert run(world, found.next).published == 1


def test_a_replay_ends_where_the_bus_fails_and_keeps_the_rest(world: Publishing) -> None:
    poisoned(world, *[change(f"vs_{at}", 1) for at in range(3)])
    keys = sorted(world.bucket.objects)
    world.bus.faults.extend([{}, "ThrottlingException"])
    found = run(world)
    assert found == Replay(2, 1, 1, 0, 0, next=keys[0], reason="ThrottlingException")
    assert sorted(world.bucket.objects) == keys[1:]
    assert run(world, found.next) == Replay(objects=2, published=2, removed=2)


def test_a_replay_ends_where_the_bucket_fails(world: Publishing) -> None:
    poisoned(world, change("vs_1", 1))
    for faults in (["SlowDown"], ["", "SlowDown"], ["", "", "SlowDown"]):
        world.bucket.faults.extend(faults)
        found = run(world)
        assert (found.reason, found.removed, len(world.bucket.objects)) == ("SlowDown", 0, 1)
        assert found.next
    assert run(world, found.next).removed == 1


def test_what_another_replay_has_removed_is_done(world: Publishing) -> None:
    """It did so after this one had read the page of keys."""
    poisoned(world, change("vs_1", 1), change("vs_2", 1))
    other = iter([100.0])

    def left() -> float:
        if next(other, None) is not None:
            world.bucket.objects.clear()
        return 100

    assert replay(world.context, left) == Replay()


def test_a_change_of_before_a_restore_does_not_stand_above_what_was_restored(
    world: Publishing,
) -> None:
    poisoned(world, change("vs_1", 50), change("vs_2", 50))
    world.epoch = 1  # the table was restored, and what is in it has older revisions
    world.bus.poison = lambda entry: "MalformedDetail" if "vs_2" in entry["Detail"] else ""
    run(world)
    world.bus.poison = lambda entry: ""
    run(world)  # what still could not be told is of its own epoch, too
    publish_batch(world.context, [change("vs_1", 41), change("vs_2", 41)], world.left)
    assert sorted(world.bus.identities()) == [
        ("vs_1", 50),
        ("vs_1", 10**12 + 41),
        ("vs_2", 50),
        ("vs_2", 10**12 + 41),
    ]


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState", "KMS.DisabledException"])
def test_an_object_that_cannot_be_read_holds_up_no_other(world: Publishing, code: str) -> None:
    poisoned(world, change("vs_1", 1), change("vs_2", 1))
    world.bucket.faults.extend(["", code])  # it is listed, and the first is not given out
    assert run(world) == Replay(objects=1, published=1, removed=1, unknown=1)
    assert run(world) == Replay(objects=1, published=1, removed=1)
