"""Events go onto the bus in tens, in the order of each subject, and what fails is sent again alone."""

import json

import pytest

from countersign.aws.event_bus import MOST_BYTES, Entry
from countersign.domain_events.domain_event import detail_of
from countersign.domain_events.publish_events import (
    NO_TIME_LEFT,
    TOO_LARGE,
    Outgoing,
    outgoing,
    publish_events,
)
from countersign.domain_events.told import present
from tests.support.publishing import Publishing
from tests.support.stream_records import session
from tests.support.stripe_objects import DEPLOYMENT


@pytest.fixture
def world() -> Publishing:
    return Publishing()


def event(subject: str, revision: int = 1, size: int = 0) -> Outgoing:
    detail = {"subject": subject, "revision": revision, "padding": "x" * size}
    return Outgoing(subject, Entry("countersign", "identity.verified", json.dumps(detail)))


def events(*subjects: str) -> dict[int, Outgoing]:
    """Events of these subjects, each with the next revision of its own."""
    return {at: event(one, subjects[: at + 1].count(one)) for at, one in enumerate(subjects)}


def sizes(world: Publishing) -> list[int]:
    return [len(call) for call in world.bus.calls]


def test_events_go_in_tens(world: Publishing) -> None:
    sent = publish_events(world.context, events(*map(str, range(25))), world.left)
    assert (sent.published, sent.calls, sent.stopped_at) == (25, 3, None)
    assert sizes(world) == [10, 10, 5]
    assert [subject for subject, _ in world.bus.identities()] == [str(at) for at in range(25)]


def test_an_event_is_sent_as_its_detail_says(world: Publishing) -> None:
    world.epoch = 3
    item = session("vs_1", 1)
    assert item is not None
    told = present("identity", item)
    assert told is not None
    sent = outgoing(world.context, told, replayed=True)
    assert (sent.subject, sent.entry.source) == ("vs_1", "countersign")
    assert sent.entry.detail_type == "identity.processing"
    assert json.loads(sent.entry.detail) == detail_of(
        told,
        version=1,
        deployment=DEPLOYMENT,
        livemode=False,
        epoch=3,
        published_at=world.clock(),
        replayed=True,
    )


def test_no_call_has_two_events_of_one_subject(world: Publishing) -> None:
    publish_events(world.context, events("a", "a", "b", "a", "c", "b"), world.left)
    assert [[detail["subject"] for detail in call] for call in world.bus.calls] == [
        ["a", "b", "c"],
        ["a", "b"],
        ["a"],
    ]


def test_a_subject_with_many_events_does_not_make_the_last_calls_small(world: Publishing) -> None:
    others = [str(at) for at in range(20)]
    sent = publish_events(world.context, events(*others, *["busy"] * 3), world.left)
    assert (sent.published, sent.calls) == (23, 3)


def test_what_fails_is_sent_again_alone_after_a_pause(world: Publishing) -> None:
    world.bus.faults.append({1: "InternalFailure", 3: "ThrottlingException"})
    sent = publish_events(world.context, events("a", "b", "c", "d", "e"), world.left)
    assert (sent.published, sent.stopped_at) == (5, None)
    assert [[detail["subject"] for detail in call] for call in world.bus.calls] == [
        ["a", "b", "c", "d", "e"],
        ["b", "d"],
    ]
    assert [0.05 <= pause <= 0.15 for pause in world.pauses] == [True]


def test_what_goes_on_failing_ends_the_work_before_the_next_call(world: Publishing) -> None:
    world.bus.faults.extend([{2: "InternalFailure"}, *[{0: "InternalFailure"}] * 2])
    sent = publish_events(world.context, events(*map(str, range(20))), world.left)
    assert (sent.stopped_at, sent.reason) == (2, "InternalFailure")
    assert (sent.published, sent.calls, sizes(world)) == (9, 3, [10, 1, 1])
    assert len(world.pauses) == 2


def test_a_later_event_of_a_subject_waits_for_the_earlier_one(world: Publishing) -> None:
    world.bus.faults.extend([{0: "InternalFailure"}] * 3)
    sent = publish_events(world.context, events("a", "b", "a"), world.left)
    assert (sent.stopped_at, world.bus.identities()) == (0, [("b", 1)])


def test_the_place_of_a_stop_is_the_first_event_that_is_not_done(world: Publishing) -> None:
    """The second of `a` was not sent yet, though the call failed for a later position."""
    world.bus.faults.extend([{1: "InternalFailure"}, *[{0: "InternalFailure"}] * 2])
    sent = publish_events(world.context, events("a", "a", "b"), world.left)
    assert sent.stopped_at == 1


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ThrottlingException",
        "InternalFailure",
    ],
)
def test_a_call_that_fails_as_a_whole_ends_the_work(world: Publishing, code: str) -> None:
    world.bus.faults.extend([{}, code])
    sent = publish_events(world.context, events(*map(str, range(30))), world.left)
    assert (sent.stopped_at, sent.reason, sent.refused) == (10, code, {})
    assert (sent.published, sent.calls, world.pauses) == (10, 2, [])


@pytest.mark.parametrize(
    "code", ["NotAuthorizedForSourceException", "AccessDeniedException", "RedactionFailure", "New"]
)
def test_a_code_that_may_be_of_the_deployment_is_no_events_own(
    world: Publishing, code: str
) -> None:
    world.bus.poison = lambda entry: code
    sent = publish_events(world.context, events("a"), world.left)
    assert (sent.stopped_at, sent.reason, sent.refused) == (0, code, {})


def test_an_answer_that_never_comes_ends_the_work_as_if_nothing_had_arrived(
    world: Publishing,
) -> None:
    world.bus.faults.append("lost")
    sent = publish_events(world.context, events("a", "b"), world.left)
    assert (sent.published, sent.stopped_at, sent.reason) == (0, 0, "ReadTimeoutError")
    assert world.bus.identities() == [("a", 1), ("b", 1)]


def test_an_event_that_the_answer_does_not_mention_is_sent_again(world: Publishing) -> None:
    world.bus.faults.append("half")
    sent = publish_events(world.context, events("a", "b"), world.left)
    assert (sent.published, sent.stopped_at) == (2, None)
    assert (world.bus.identities(), sizes(world)) == ([("a", 1), ("b", 1)], [2, 1])


@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument"])
def test_an_event_that_never_can_be_sent_holds_nobody_up(world: Publishing, code: str) -> None:
    world.bus.poison = lambda entry: code if '"subject": "b"' in entry["Detail"] else ""
    sent = publish_events(world.context, events("a", "b", "b", "c"), world.left)
    assert (sent.refused, sent.stopped_at) == ({1: code, 2: code}, None)
    assert (sent.published, world.pauses) == (2, [])


def test_an_event_that_is_too_large_is_not_even_sent(world: Publishing) -> None:
    large = {0: event("a"), 1: event("b", size=MOST_BYTES), 2: event("c")}
    sent = publish_events(world.context, large, world.left)
    assert (sent.refused, sent.published, sent.calls) == ({1: TOO_LARGE}, 2, 2)


def test_events_that_are_too_large_together_go_apart(world: Publishing) -> None:
    large = {at: event(str(at), size=MOST_BYTES // 3) for at in range(4)}
    sent = publish_events(world.context, large, world.left)
    assert (sent.published, sizes(world)) == (4, [2, 2])


def test_of_a_call_that_is_not_accepted_each_event_is_tried_alone(world: Publishing) -> None:
    """A bus of another size, say: the call is refused, and does not say on whose account."""
    refuse = "ValidationException"
    world.bus.faults.extend([refuse, {}, refuse, {}])
    sent = publish_events(world.context, events("a", "b", "c"), world.left)
    assert (sent.refused, sent.published, sizes(world)) == ({1: "InvalidArgument"}, 2, [3, 1, 1, 1])


def test_while_each_is_tried_alone_a_failure_of_the_bus_ends_the_work(world: Publishing) -> None:
    world.bus.faults.extend(["ValidationException", {}, "ThrottlingException"])
    sent = publish_events(world.context, events("a", "b", "c"), world.left)
    assert (sent.stopped_at, sent.reason, sent.published) == (1, "ThrottlingException", 1)
    assert (sent.refused, sizes(world)) == ({}, [3, 1, 1])


def test_without_the_time_for_a_call_none_is_begun(world: Publishing) -> None:
    world.seconds = 29
    sent = publish_events(world.context, events("a"), world.left)
    assert (sent.stopped_at, sent.reason, sent.calls) == (0, NO_TIME_LEFT, 0)


def test_nothing_to_publish_is_no_call(world: Publishing) -> None:
    world.seconds = 0
    sent = publish_events(world.context, {}, world.left)
    assert (sent.published, sent.calls, sent.stopped_at) == (0, 0, None)
