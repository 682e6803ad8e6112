"""Records of a table's stream, as Lambda hands them over: sessions whose every change is told."""

import base64
from itertools import count
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from countersign.stripe_api.event_order import read_order
from tests.support.clock import START

Record = dict[str, Any]
NAMES = {
    "identity": "identity-1",
    "installs": "installs-1",
    "spc": "spc-1",
    "step_up": "step-up-1",
    "payments": "payments-1",
}
"""The tables' own names, by what they are called here."""
_numbers = count(10**20)


def stream_of(table: str) -> str:
    """The ARN of a table's stream."""
    name = NAMES.get(table, table)
    return f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}/stream/2030-01-01T00:00:00.000"


def session(subject: str, revision: int) -> dict[str, Any] | None:
    """A session after so many changes: each makes of one that is processing one whose check failed,
    or the other way round. Before the first there is none.
    """
    if revision == 0:
        return None
    failed = {"status": "requires_input", "last_error": {"code": "document_expired"}}
    return {
        "pk": f"session#{subject}",
        "ord": read_order(0, START + revision),
        "livemode": False,
        "created": START,
        "user": "0123456789abcdef#user",
        "rev": revision,
        "w": base64.b64decode("AAAA"),
    } | (failed if revision % 2 == 0 else {"status": "processing"})


def change(subject: str, revision: int, at: int = START, table: str = "identity") -> Record:
    """The record of the change that made this revision of a session."""
    return record(session(subject, revision - 1), session(subject, revision), at=at, table=table)


def record(
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    at: int = START,
    table: str = "identity",
    live: bool = False,
) -> Record:
    """The record of a change; one of the two items may be missing."""
    item = after or before
    assert item is not None
    kind = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
    images = {"OldImage": before, "NewImage": after}
    typed = {name: _typed(image, live) for name, image in images.items() if image is not None}
    number = str(next(_numbers))
    return {
        "eventID": f"id-{number}",
        "eventName": kind,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": stream_of(table),
        "dynamodb": {
            "ApproximateCreationDateTime": float(at),
            "Keys": {"pk": _typed(item, live)["pk"]},
            "SequenceNumber": number,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **typed,
        },
    }


def number_of(record: Record) -> str:
    """The sequence number of a record."""
    return str(record["dynamodb"]["SequenceNumber"])


def as_json(typed: Any) -> Any:
    """A typed value with base64 for bytes, as it is in JSON."""
    if isinstance(typed, dict):
        return {name: as_json(member) for name, member in typed.items()}
    if isinstance(typed, list):
        return [as_json(member) for member in typed]
    return base64.b64encode(typed).decode() if isinstance(typed, bytes) else typed


def _typed(item: dict[str, Any], live: bool) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    prefix = "live#" if live else ""
    return {
        name: as_json(serialize(f"{prefix}{value}" if name == "pk" else value))
        for name, value in item.items()
    }
