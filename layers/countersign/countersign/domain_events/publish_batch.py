"""Publish what a batch of changes tells: once at least, and in the order of each item.

The batch ends at the first change that may be told later, and comes again from there. A change that
never can be told is put aside and counts as done (docs/decisions.md#the-stream-is-the-outbox).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from countersign.aws.bucket import BucketUnavailable
from countersign.aws.telemetry import logger
from countersign.domain_events.context import Context
from countersign.domain_events.publish_events import (
    LEAST_TIME,
    NO_TIME_LEFT,
    Outgoing,
    SecondsLeft,
    outgoing,
    publish_events,
)
from countersign.domain_events.put_aside import put_aside
from countersign.domain_events.stream_record import RawRecord, read_change
from countersign.domain_events.told import TableName, told


class NotPublished(Exception):
    """The first change of a batch could not be told, and may be later; the message says why."""


class Published(Struct):
    """What became of records. `put_aside` has the keys of those that never can be told, and
    `stopped_at` the position of the first that may be told later.
    """

    published: int = 0
    calls: int = 0
    put_aside: list[str] = field(default_factory=list)
    stopped_at: int | None = None
    reason: str = ""


def publish_batch(
    context: Context, records: Sequence[RawRecord], left: SecondsLeft
) -> dict[str, Any]:
    """Publish a batch of a stream, and return what Lambda is told of it. `left` returns the seconds
    of this invocation.

    Raises `NotPublished` when not even the first record is done. A failure within a batch is
    reported, and what is before it does not come again.
    """
    found = publish_records(context, records, left)
    logger.info(
        "changes told",
        extra={
            "records": len(records),
            "published": found.published,
            "calls": found.calls,
            "put_aside": len(found.put_aside),
            "stopped_at": found.stopped_at,
            "reason": found.reason,
        },
    )
    if found.stopped_at is None:
        return {"batchItemFailures": []}
    if found.stopped_at == 0:
        raise NotPublished(found.reason)
    number = records[found.stopped_at]["dynamodb"]["SequenceNumber"]
    return {"batchItemFailures": [{"itemIdentifier": number}]}


def publish_records(
    context: Context,
    records: Sequence[RawRecord],
    left: SecondsLeft,
    table: TableName | None = None,
    epoch: int | None = None,
) -> Published:
    """Publish what records tell, and put aside those that never can be told. They are of one table,
    which is told by their stream unless it is given, and of the present epoch unless it is given.
    """
    of = context.settings.epoch if epoch is None else epoch
    read = [_read(context, record, table, of) for record in records]
    waiting = {at: one.event for at, one in enumerate(read) if one.event is not None}
    sent = publish_events(context, waiting, left)
    never = {at: one.reason for at, one in enumerate(read) if one.reason} | sent.refused
    found = Published(sent.published, sent.calls, [], sent.stopped_at, sent.reason)
    for at, reason in sorted(never.items()):
        if found.stopped_at is not None and at > found.stopped_at:
            break
        try:
            found.put_aside.append(_put_aside(context, read[at], reason, left))
        except BucketUnavailable as error:
            found.stopped_at, found.reason = at, error.code
    return found


class _Read(Struct):
    """A record with its table, as far as that is known, its epoch, and the event that it tells, or
    the reason why it never can be told; neither, where it tells nothing.
    """

    record: RawRecord
    table: TableName | None
    epoch: int
    event: Outgoing | None = None
    reason: str = ""


def _read(context: Context, record: RawRecord, table: TableName | None, epoch: int) -> _Read:
    read = _Read(record, table, epoch)
    try:
        read.table = table or context.table_of(record["eventSourceARN"])
        change = read_change(record, context.tables[read.table].form)
        event = change and told(read.table, change.before, change.after, change.at)
        read.event = outgoing(context, event, replayed=False, epoch=epoch) if event else None
    except Exception as error:  # noqa: BLE001  reading is pure: what fails would fail each time
        read.reason = type(error).__name__
    return read


def _put_aside(context: Context, read: _Read, reason: str, left: SecondsLeft) -> str:
    if left() < LEAST_TIME:
        raise BucketUnavailable(NO_TIME_LEFT)
    return put_aside(context, read.record, read.table, read.epoch, reason)
