"""The quick DynamoDB with a stream of each table: every change once, in its order, with both images;
a write that changes nothing makes no record.
"""

from itertools import count
from typing import Any

from tests.support.clock import START
from tests.support.expressions import Row
from tests.support.quick_dynamodb import QuickDynamoDB, Request
from tests.support.storage import key_of
from tests.support.stream_records import Record, as_json

_numbers = count(10**20)


class StreamedDynamoDB(QuickDynamoDB):
    """`streams` are the records of each table, as Lambda hands them over."""

    def __init__(self, *tables: str) -> None:
        super().__init__(*tables)
        self.streams: dict[str, list[Record]] = {name: [] for name in self.tables}

    def _store(self, request: Request, row: Row | None) -> None:
        name, key = request["TableName"], key_of(request)
        before = self.tables[name].get(key)
        super()._store(request, row)
        if before != row:
            self.streams[name].append(_record(name, key, before, row))


def _record(table: str, key: str, before: Row | None, after: Row | None) -> Record:
    kind = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
    images: dict[str, Any] = {"OldImage": before, "NewImage": after}
    return {
        "eventName": kind,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table}/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": float(START),
            "Keys": {"pk": {"S": key}},
            "SequenceNumber": str(next(_numbers)),
        }
        | {name: as_json(image) for name, image in images.items() if image is not None},
    }
