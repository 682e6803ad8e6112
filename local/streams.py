"""Reads the streams of the deployed tables: every change since the emulator started.

The emulator's streams have one shard each, keep their records for 24 hours, and begin empty with
each start.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from local import aws
from local.stack_resources import stack_resources

_STALE = ("ExpiredIteratorException", "TrimmedDataAccessException")


@dataclass(frozen=True)
class TableStream:
    """The stream of a table: a name for the table, and the stream's ARN."""

    table: str
    arn: str


def table_streams(port: int) -> list[TableStream]:
    """Return the streams of the tables of the stack, by the names in the template."""
    dynamodb = aws.client("dynamodb", port)
    found = []
    for resource in stack_resources(port):
        if resource.type == "AWS::DynamoDB::Table":
            described = dynamodb.describe_table(TableName=resource.id)["Table"]
            if arn := described.get("LatestStreamArn"):
                found.append(TableStream(resource.name, arn))
    return found


@dataclass
class StreamTail:
    """A reader of one stream, which remembers how far it has read."""

    streams: Any
    source: TableStream
    _iterator: str | None = field(default=None, init=False)
    _last: str | None = field(default=None, init=False)

    def new_records(self) -> Iterator[dict[str, Any]]:
        """Yield the records that have come since the last call, oldest first."""
        while records := self._next_page():
            yield from records

    def _next_page(self) -> list[dict[str, Any]]:
        try:
            return self._page()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _STALE:
                raise
        self._iterator = None
        return self._page()

    def _page(self) -> list[dict[str, Any]]:
        if self._iterator is None:
            self._iterator = self._start()
        answer = self.streams.get_records(ShardIterator=self._iterator)
        self._iterator = answer.get("NextShardIterator")
        records: list[dict[str, Any]] = answer["Records"]
        if records:
            self._last = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _start(self) -> str:
        """Return an iterator after what was read last. What was trimmed since then is not read."""
        if self._last is not None:
            try:
                return self._iterator_at("AFTER_SEQUENCE_NUMBER", SequenceNumber=self._last)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _STALE:
                    raise
        return self._iterator_at("TRIM_HORIZON")

    def _iterator_at(self, kind: str, **place: str) -> str:
        arn = self.source.arn
        shards = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        answer = self.streams.get_shard_iterator(
            StreamArn=arn, ShardId=shards[0]["ShardId"], ShardIteratorType=kind, **place
        )
        return str(answer["ShardIterator"])


def tails(port: int) -> list[StreamTail]:
    """Return a reader for the stream of every table, each at its beginning."""
    client = aws.client("dynamodbstreams", port)
    return [StreamTail(client, source) for source in table_streams(port)]
