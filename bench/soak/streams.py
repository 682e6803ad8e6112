"""The streams of the tables, read as Lambda reads them and handed to the built publisher.

The emulator's own trigger hands over one record at a time and about 140 in a second
(docs/decisions.md#aws-on-one-machine), so the soak reads the streams itself, a hundred at a time.
"""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.soak.processes import BuiltProcess, Bundle

BATCH = 100
_KINDS = ("session#", "account#")
"""The kinds of items here that events are told of: the filter of the function's triggers."""
_PAUSE = 0.2


@dataclass
class Reading:
    """How far a stream was read, and what that took."""

    records: int = 0
    batches: int = 0
    calls: int = 0
    repeated: int = 0
    failure: str = ""


class StreamReader(threading.Thread):
    """Reads one table's stream from its beginning and hands it over in batches, in its order, each
    again from where the publisher stopped. `finish` lets it end where the stream ends.
    """

    def __init__(self, streams: Any, arn: str, publisher: BuiltProcess) -> None:
        super().__init__(name="stream reader", daemon=True)
        self._streams, self._arn, self._publisher = streams, arn, publisher
        self._ending = threading.Event()
        self.reading = Reading()

    def finish(self) -> Reading:
        """Wait until everything that was written before is handed over."""
        self._ending.set()
        self.join()
        if self.reading.failure:
            raise RuntimeError(self.reading.failure)
        return self.reading

    def run(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001  told by `finish`, in the thread that waits
            self.reading.failure = f"{type(error).__name__}: {error}"

    def _read(self) -> None:
        described = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        (shard,) = described["Shards"]
        iterator = self._streams.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            ending = self._ending.is_set()
            answer = self._streams.get_records(ShardIterator=iterator, Limit=1000)
            iterator = answer["NextShardIterator"]
            records = [as_lambda(each, self._arn) for each in answer["Records"] if _is_told(each)]
            for first in range(0, len(records), BATCH):
                self._hand_over(records[first : first + BATCH])
            if not answer["Records"]:
                if ending:
                    return
                self._ending.wait(_PAUSE)

    def _hand_over(self, batch: list[dict[str, Any]]) -> None:
        """Hand over a batch until all of it is done."""
        self.reading.records += len(batch)
        while batch:
            answer = self._publisher.ask(batch)
            self.reading.batches += 1
            self.reading.calls += answer["calls"]
            if answer["error"]:
                self.reading.repeated += 1
                if self.reading.repeated > 100:
                    raise RuntimeError(f"a batch never succeeds: {answer['error']}")
                continue
            if not answer["failures"]:
                return
            numbers = [each["dynamodb"]["SequenceNumber"] for each in batch]
            batch = batch[numbers.index(answer["failures"][0]) :]
            self.reading.repeated += 1


@contextmanager
def reading_streams(bundle: Bundle, dynamodb: Any, streams: Any, logs: Path) -> Iterator[Any]:
    """Read the streams of the two tables while the block runs; gives a function that waits for
    their ends and returns what was read.
    """
    readers = []
    environment = bundle.environment["EventPublication"]
    tables = [environment["IDENTITY_TABLE"], environment["INSTALLS_TABLE"]]
    with (
        bundle.running(
            "publisher.py", "EventPublication", log=logs / "publisher-identity.log"
        ) as identity,
        bundle.running(
            "publisher.py", "EventPublication", log=logs / "publisher-installs.log"
        ) as installs,
    ):
        for name, publisher in zip(tables, (identity, installs), strict=True):
            arn = dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
            readers.append(StreamReader(streams, arn, publisher))
            readers[-1].start()
        yield lambda: [reader.finish() for reader in readers]


def as_lambda(record: dict[str, Any], arn: str) -> dict[str, Any]:
    """Return a record in the form in which Lambda hands it over: JSON, binary values in base64."""
    change = dict(record["dynamodb"])
    at = change["ApproximateCreationDateTime"]
    change["ApproximateCreationDateTime"] = int(at.timestamp())
    for name in ("Keys", "OldImage", "NewImage"):
        if name in change:
            change[name] = plain_image(change[name])
    return {**record, "dynamodb": change, "eventSourceARN": arn}


def _is_told(record: dict[str, Any]) -> bool:
    return bool(record["dynamodb"]["Keys"]["pk"]["S"].startswith(_KINDS))


def plain_image(image: dict[str, Any]) -> dict[str, Any]:
    """Return an item of DynamoDB's API as JSON."""
    return {name: _plain(typed) for name, typed in image.items()}


def _plain(typed: dict[str, Any]) -> dict[str, Any]:
    ((kind, value),) = typed.items()
    match kind:
        case "B":
            return {kind: base64.b64encode(value).decode()}
        case "L":
            return {kind: [_plain(member) for member in value]}
        case "M":
            return {kind: {name: _plain(member) for name, member in value.items()}}
        case "SS" | "NS":
            return {kind: sorted(value)}
    return {kind: value}
