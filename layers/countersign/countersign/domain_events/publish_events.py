"""Events go onto the bus in tens, those of one subject one after the other.

No call has two events of one subject, since each event of a call may fail for itself: a later one
could arrive and an earlier one not (docs/decisions.md#the-stream-is-the-outbox).
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from countersign.aws.event_bus import (
    MOST_BYTES,
    MOST_ENTRIES,
    BusUnavailable,
    Entry,
    EventBus,
)
from countersign.domain_events.catalog import CATALOG
from countersign.domain_events.context import Context
from countersign.domain_events.domain_event import SOURCE, DomainEvent, detail_of

TOO_LARGE = "TooLarge"
NO_TIME_LEFT = "NoTimeLeft"
LEAST_TIME = 30.0
"""Seconds that a call with all its repetitions, or a record that is put aside, may take."""
_NEVER = frozenset({"InvalidArgument", "MalformedDetail", TOO_LARGE})
"""Codes of an event that would fail each time. All others are of the bus or of the deployment."""
_NEVER_AS_A_CALL = frozenset(
    {"RequestEntityTooLarge", "SerializationException", "ValidationException"}
)
"""The same of a call, on account of one of its events."""
_PAUSES = (0.1, 0.3)
"""Seconds before what failed alone is sent again, about."""

SecondsLeft = Callable[[], float]


class Outgoing(Struct, frozen=True):
    """An event of a subject, ready to be sent."""

    subject: str
    entry: Entry


class Sent(Struct):
    """What became of events, by their positions: how many were published, which never will be and
    why, and the first that may be later, with the reason.
    """

    published: int = 0
    calls: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    stopped_at: int | None = None
    reason: str = ""


def outgoing(
    context: Context, event: DomainEvent, *, replayed: bool, epoch: int | None = None
) -> Outgoing:
    """Return an event as it is sent now; of the present epoch unless another is given."""
    detail = detail_of(
        event,
        version=CATALOG[event.type].version,
        deployment=context.settings.deployment,
        livemode=context.settings.livemode,
        epoch=context.settings.epoch if epoch is None else epoch,
        published_at=context.now(),
        replayed=replayed,
    )
    text = json.dumps(detail, separators=(",", ":"))
    return Outgoing(event.subject, Entry(SOURCE, event.type, text))


def publish_events(context: Context, events: Mapping[int, Outgoing], left: SecondsLeft) -> Sent:
    """Publish events in the order of their positions, as far as the order of each subject asks for
    it. What fails in a call is sent again alone, and ends the work if it goes on failing.
    """
    sent = Sent()
    waiting = dict(sorted(events.items()))
    while waiting:
        if left() < LEAST_TIME:
            sent.stopped_at, sent.reason = next(iter(waiting)), NO_TIME_LEFT
            return sent
        group = _next_group(waiting)
        failed = _send(context, group, sent)
        for position in group.keys() - failed.keys():
            del waiting[position]
        if failed:
            sent.stopped_at, sent.reason = next(iter(waiting)), next(iter(failed.values()))
            return sent
    return sent


def _next_group(waiting: Mapping[int, Outgoing]) -> dict[int, Outgoing]:
    """Return the next events that one call may have: the first of each subject, those subjects
    first that have the most waiting, which leads to the fewest calls.
    """
    subjects = Counter(event.subject for event in waiting.values())
    first: dict[str, int] = {}
    for position, event in waiting.items():
        first.setdefault(event.subject, position)
    group: dict[int, Outgoing] = {}
    size = 0
    for subject, _ in subjects.most_common():
        event = waiting[first[subject]]
        size += event.entry.size
        if len(group) == MOST_ENTRIES or (group and size > MOST_BYTES):
            return group
        group[first[subject]] = event
    return group


def _send(context: Context, group: Mapping[int, Outgoing], sent: Sent) -> dict[int, str]:
    """Send a group, and what failed of it again; returns the codes of what fails still."""
    failed: dict[int, str] = {}
    remaining = dict(group)
    for pause in (*_PAUSES, None):
        codes, whole = _put(context.bus, remaining, sent)
        sent.published += sum(not code for code in codes.values())
        sent.refused |= {at: code for at, code in codes.items() if code in _NEVER}
        failed = {at: code for at, code in codes.items() if code and code not in _NEVER}
        remaining = {at: remaining[at] for at in failed}
        if not failed or whole or pause is None:
            break
        context.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
    return failed


def _put(bus: EventBus, group: Mapping[int, Outgoing], sent: Sent) -> tuple[dict[int, str], bool]:
    """Send a group in one call and return the code of each event, and whether the call as a whole
    failed, which botocore has repeated already.
    """
    if any(event.entry.size > MOST_BYTES for event in group.values()):
        return dict.fromkeys(group, TOO_LARGE), False  # it is alone: see `_next_group`
    sent.calls += 1
    try:
        return dict(
            zip(group, bus.put([event.entry for event in group.values()]), strict=True)
        ), False
    except BusUnavailable as error:
        if error.code not in _NEVER_AS_A_CALL:
            return dict.fromkeys(group, error.code), True
        if len(group) == 1:
            return dict.fromkeys(group, "InvalidArgument"), False
    codes: dict[int, str] = {}
    for position, event in group.items():
        found, whole = _put(bus, {position: event}, sent)
        codes |= found
        if whole:
            return dict.fromkeys(group.keys() - codes.keys(), codes[position]) | codes, True
    return codes, False
