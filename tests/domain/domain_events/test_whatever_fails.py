"""Whatever fails, and however often: each change is told at least once, in the order of its item, or
is put aside whole, and a replay tells it then.

The trigger is a model of AWS's (`tests/support/poller.py`). The bus refuses calls and events, takes
them and does not say so, and refuses some events each time; the bucket fails; the function is killed
before and after its calls, runs out of time, or does not start.
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain_events.publish_batch import publish_batch
from countersign.domain_events.replay import replay
from tests.support.crashes import Killed
from tests.support.exhaustive import some
from tests.support.poller import Poller
from tests.support.publishing import Publishing
from tests.support.stream_records import Record, change

Identity = tuple[str, int]
MAY_SUCCEED_LATER = ("InternalFailure", "ThrottlingException", "AccessDeniedException")


def list_of(fate: Any) -> list[Any]:
    return [fate]


partial = st.dictionaries(st.integers(0, 9), st.sampled_from(MAY_SUCCEED_LATER), max_size=4)
stubborn = st.integers(0, 9).map(
    lambda at: [{at: "InternalFailure"}, *[{0: "InternalFailure"}] * 2]
)
"""One event of a call fails, and again whenever it is sent alone."""
calls_fates = st.lists(
    st.one_of(
        st.sampled_from([*MAY_SUCCEED_LATER, "ResourceNotFoundException", "lost", "half"]).map(
            list_of
        ),
        partial.map(list_of),
        stubborn,
        st.just([{}]),
        st.sampled_from(["killed before", "killed after"]).map(list_of),
    ),
    max_size=20,
).map(lambda fates: list(chain.from_iterable(fates)))
invocations_fates = st.lists(
    st.sampled_from(["", "", "", "does not start", "no time", "killed"]), max_size=12
)


class MortalBus:
    """A bus whose caller may be killed before or after a call."""

    def __init__(self, bus: Any) -> None:
        self.bus = bus

    def put_events(self, **request: Any) -> Any:
        fate = self.bus.faults[0] if self.bus.faults else ""
        if fate in ("killed before", "killed after"):
            self.bus.faults.popleft()
            if fate == "killed after":
                self.bus.put_events(**request)
            raise Killed
        return self.bus.put_events(**request)


@dataclass
class Life:
    """A publisher with its trigger, and what befalls them."""

    world: Publishing = field(default_factory=Publishing)
    fates: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.bus = self.world.bus

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        fate = self.fates.popleft() if self.fates else ""
        if fate == "does not start":
            raise RuntimeError("MissingSettings")
        mortal: Any = MortalBus(self.bus)
        self.world.bus = mortal
        try:
            seconds = iter([100.0] * 3)
            left: Callable[[], float] = (
                (lambda: next(seconds, 5.0)) if fate == "no time" else self.world.left
            )
            return publish_batch(self.world.context, event["Records"], left)
        finally:
            self.world.bus = self.bus

    def poller(self, **members: Any) -> Poller:
        return Poller(self.invoke, self._give_up, self.world.clock.time, **members)

    def _give_up(self, key: str, document: dict[str, Any]) -> None:
        self.world.bucket.objects[key] = _json(document)

    def aside(self) -> list[Identity]:
        """What is in the bucket, in either form."""
        found: list[Identity] = []
        for document in self.world.bucket.documents():
            records = _payload(document) if "payload" in document else [document["record"]]
            found += map(identity, records)
        return found


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def _payload(document: dict[str, Any]) -> list[Record]:
    return list(json.loads(document["payload"])["Records"])


def identity(record: Record) -> Identity:
    """The subject and revision of what a record tells."""
    image = record["dynamodb"]["NewImage"]
    return image["pk"]["S"].removeprefix("session#"), int(image["rev"]["N"])


def changes(subjects: list[int]) -> list[Record]:
    """Changes of these subjects in turn, each with the next revision of its own."""
    return [
        change(f"vs_{subject}", subjects[: at + 1].count(subject))
        for at, subject in enumerate(subjects)
    ]


def in_order(told: list[Identity], without: list[Identity]) -> bool:
    """Whether the events of each subject were told in their order, repetitions and what was put
    aside left out.
    """
    seen: dict[str, int] = {}
    known: set[Identity] = set()
    for subject, revision in told:
        if (subject, revision) in known or (subject, revision) in without:
            continue
        if revision < seen.get(subject, 0):
            return False
        seen[subject] = revision
        known.add((subject, revision))
    return True


@given(
    subjects=st.lists(st.integers(0, 6), min_size=1, max_size=40),
    calls=calls_fates,
    invocations=invocations_fates,
    bucket=st.lists(st.sampled_from(["", "SlowDown", "AccessDenied"]), max_size=8),
    poison=st.sets(st.tuples(st.integers(0, 6), st.integers(1, 4)), max_size=4),
    batch_size=st.sampled_from([1, 3, 10, 100]),
    tries=st.sampled_from([0, 2, 100]),
    later=calls_fates,
)
def test_each_change_is_told_in_order_or_put_aside_and_then_told(
    subjects: list[int],
    calls: list[Any],
    invocations: list[str],
    bucket: list[str],
    poison: set[tuple[int, int]],
    batch_size: int,
    tries: int,
    later: list[Any],
) -> None:
    life = Life(fates=deque(invocations))
    world, bus = life.world, life.bus
    bus.faults.extend(calls)
    world.bucket.faults.extend(bucket)
    never = {f'"subject":"vs_{subject}"': f'"revision":{rev},' for subject, rev in poison}
    bus.poison = lambda entry: (
        "MalformedDetail"
        if any(who in entry["Detail"] and what in entry["Detail"] for who, what in never.items())
        else ""
    )
    poller = life.poller(batch_size=batch_size, tries=tries)
    poller.stream = changes(subjects)
    poller.drain()

    wanted = set(map(identity, poller.stream))
    aside = life.aside()
    assert wanted <= set(bus.identities()) | set(aside)
    assert in_order(bus.identities(), aside)

    bus.faults = deque(fate for fate in later if "killed" not in fate)
    bus.poison = lambda entry: ""
    while (done := replay(world.context, world.left)).reason or done.unknown:
        assert wanted <= set(bus.identities()) | set(life.aside())
    assert set(bus.identities()) == wanted
    assert world.bucket.objects == {}


@given(
    subjects=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    calls=calls_fates,
    invocations=invocations_fates,
)
def test_while_tries_are_left_nothing_is_put_aside_for_what_passes(
    subjects: list[int], calls: list[Any], invocations: list[str]
) -> None:
    life = Life(fates=deque(invocations))
    life.bus.faults.extend(calls)
    poller = life.poller()
    poller.stream = changes(subjects)
    poller.drain()
    assert (life.world.bucket.objects, poller.given_up) == ({}, [])
    assert set(life.bus.identities()) == set(map(identity, poller.stream))
    assert in_order(life.bus.identities(), [])


@pytest.mark.exhaustive  # a thousand changes
@pytest.mark.parametrize("seed", some(1, range(3)))
def test_a_thousand_changes_take_a_hundred_and_ten_calls_at_most(seed: int) -> None:
    life = Life()
    poller = life.poller()
    poller.stream = changes(Random(seed).choices(range(300), k=1000))
    poller.drain()
    assert len(life.bus.told) == 1000
    assert len(life.bus.calls) <= 110


@given(st.lists(st.integers(0, 20), max_size=100))
def test_a_batch_takes_no_more_calls_than_tens_and_repetitions_ask_for(
    subjects: list[int],
) -> None:
    life = Life()
    poller = life.poller()
    poller.stream = changes(subjects)
    poller.drain()
    repetitions = max(map(subjects.count, subjects), default=0)
    assert len(life.bus.calls) <= len(subjects) / 10 + repetitions


def test_a_poisoned_change_holds_nobody_up() -> None:
    life = Life()
    poller = life.poller()
    poller.stream = changes([1, 2, 1, 3])
    del poller.stream[0]["dynamodb"]["NewImage"]["status"]
    poller.drain()
    assert poller.calls == [4]
    assert life.bus.identities() == [("vs_2", 1), ("vs_1", 2), ("vs_3", 1)]
    assert life.aside() == [("vs_1", 1)]


def test_a_function_that_does_not_start_leaves_everything_to_lambdas_own_destination() -> None:
    life = Life(fates=deque(["does not start"] * 1000))
    poller = life.poller(tries=2)
    poller.stream = changes([1, 2, 1])
    poller.drain()
    assert life.bus.calls == []
    assert sorted(life.aside()) == [("vs_1", 1), ("vs_1", 2), ("vs_2", 1)]
    done = replay(life.world.context, life.world.left)
    assert (done.objects, done.published, done.removed) == (3, 3, 3)
    assert life.bus.identities() == [("vs_1", 1), ("vs_2", 1), ("vs_1", 2)]


def test_a_change_that_grew_too_old_while_the_bus_was_away_is_told_by_a_replay() -> None:
    life = Life()
    life.world.clock.advance(43201)
    life.bus.faults.extend(["InternalFailure"] * 3)
    poller = life.poller()
    poller.stream = changes([1, 1])
    poller.drain()
    assert [record["dynamodb"]["SequenceNumber"] for record in poller.given_up] == [
        poller.stream[0]["dynamodb"]["SequenceNumber"],
        poller.stream[1]["dynamodb"]["SequenceNumber"],
    ]
    assert replay(life.world.context, life.world.left).published == 2
    assert life.bus.identities() == [("vs_1", 1), ("vs_1", 2)]
