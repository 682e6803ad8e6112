"""What cannot be published goes whole into a bucket, until it is replayed.

Object `changes/<seconds>-<sequence number>-<hash>.json`: `{reason, table, epoch, put_aside_at,
record}`.
Its key follows from the record, so that a record that is put aside twice is there once, and keys
are in the order of time. A change stays in its epoch: after a restore its revision would otherwise
stand above those of what was restored. Lambda puts there, under `aws/lambda/`, what it gave up on
(docs/decisions.md#the-stream-is-the-outbox).
"""

import hashlib
import json
from typing import Any

from msgspec import Struct

from countersign.aws.telemetry import count, logger
from countersign.domain_events.context import Context
from countersign.domain_events.stream_record import RawRecord
from countersign.domain_events.told import TableName


class PutAside(Struct, frozen=True):
    """What one object holds: records that were not published. `table` is their table and `epoch`
    theirs, if it is known.
    """

    records: list[RawRecord]
    table: TableName | None = None
    epoch: int | None = None


def put_aside(
    context: Context, record: RawRecord, table: TableName | None, epoch: int, reason: str
) -> str:
    """Put a record aside, and return the key. Raises `BucketUnavailable`."""
    key = _key_of(record)
    document = {
        "reason": reason,
        "table": table,
        "epoch": epoch,
        "put_aside_at": context.now(),
        "record": record,
    }
    context.bucket.put(key, document)
    count("RecordPutAside")
    logger.error("a change was put aside", extra={"key": key, "table": table, "reason": reason})
    return key


def read_put_aside(body: bytes) -> PutAside:
    """Return what an object holds, ours or Lambda's, whose `payload` is the invocation's event.

    Raises `LookupError`, `TypeError` or `ValueError` for anything else.
    """
    document = json.loads(body)
    if "record" in document:
        return PutAside(_records([document["record"]]), document["table"], int(document["epoch"]))
    payload = document["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    return PutAside(_records(event["Records"]))


def _records(found: Any) -> list[RawRecord]:
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise TypeError("not a list of records")
    return found


def _key_of(record: RawRecord) -> str:
    whole = json.dumps(record, sort_keys=True, default=str).encode()
    change = record.get("dynamodb")
    known: Any = change if isinstance(change, dict) else {}
    at = str(known.get("ApproximateCreationDateTime", "")).partition(".")[0]
    number = str(known.get("SequenceNumber", ""))
    return f"changes/{at:0>12.12}-{number:0>40.40}-{hashlib.sha256(whole).hexdigest()[:16]}.json"
