"""The trigger of a table's stream as AWS documents it, for what the emulator does not do: parts of a
batch that failed, bisecting, a number of tries, an age, and S3 as the destination of failures.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.stream_records import Record, as_json, number_of

Handler = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass
class Poller:
    """One shard of a stream. `invoke` is the function, and any exception is its error; `give_up`
    gets the key and the document of what Lambda writes to S3. `calls` has the size of each batch.
    """

    invoke: Handler
    give_up: Callable[[str, dict[str, Any]], None]
    now: Callable[[], float]
    batch_size: int = 100
    tries: int = 100
    oldest: float = 43200
    stream: list[Record] = field(default_factory=list)
    position: int = 0
    calls: list[int] = field(default_factory=list)
    given_up: list[Record] = field(default_factory=list)

    def drain(self) -> None:
        """Poll until every record of the stream is done, or given up."""
        while batch := self.stream[self.position : self.position + self.batch_size]:
            self._finish(batch)
            self.position += len(batch)

    def _finish(self, batch: list[Record]) -> None:
        waiting = [(batch, 0)]
        while waiting:
            records, tried = waiting.pop(0)
            done = self._done(records)
            if done == len(records):
                continue
            if done is not None and done > 0:  # what is before the place is not repeated
                waiting.insert(0, (records[done:], tried + 1))
            elif len(records) > 1:  # bisecting uses up no try
                middle = len(records) // 2
                waiting[:0] = [(records[:middle], tried), (records[middle:], tried)]
            elif tried >= self.tries or self._is_old(records):
                self._give_up(records)
            else:
                waiting.insert(0, (records, tried + 1))

    def _done(self, records: list[Record]) -> int | None:
        """How many records are done after an invocation; `None` when it failed."""
        self.calls.append(len(records))
        try:
            answer = self.invoke({"Records": json.loads(json.dumps(records))})
        except BaseException as error:
            if isinstance(error, AssertionError | KeyboardInterrupt):
                raise
            return None
        numbers = [number_of(record) for record in records]
        failed = [item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures") or []]
        if not failed:
            return len(records)
        if not set(failed) <= set(numbers):
            return None
        return min(map(numbers.index, failed)) or None

    def _is_old(self, records: list[Record]) -> bool:
        at = records[0]["dynamodb"]["ApproximateCreationDateTime"]
        return self.now() - float(at) > self.oldest

    def _give_up(self, records: list[Record]) -> None:
        self.given_up += records
        first, last = number_of(records[0]), number_of(records[-1])
        self.give_up(
            f"aws/lambda/mapping/shardId-1/2030/01/01/2030-01-01T00.00.00-{first}",
            {
                "requestContext": {"condition": "RetryAttemptsExhausted"},
                "version": "1.0",
                "DDBStreamBatchInfo": {
                    "startSequenceNumber": first,
                    "endSequenceNumber": last,
                    "batchSize": len(records),
                },
                "payload": json.dumps({"Records": records}),
            },
        )


def read_stream(client: Any, stream_arn: str) -> list[Record]:
    """Every record of a stream as Lambda hands it over."""
    records: list[Record] = []
    for shard in client.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]:
        place = client.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while found := client.get_records(ShardIterator=place):
            records += [_as_lambda_has_it(record, stream_arn) for record in found["Records"]]
            place = found.get("NextShardIterator")
            if not found["Records"] or place is None:
                break
    return records


def _as_lambda_has_it(record: dict[str, Any], stream_arn: str) -> Record:
    """Seconds for a time, base64 for bytes, and the stream by its ARN."""
    change = as_json(record["dynamodb"])
    at = record["dynamodb"]["ApproximateCreationDateTime"].timestamp()
    members = {name: record[name] for name in ("eventID", "eventName", "eventSource")}
    return members | {
        "eventSourceARN": stream_arn,
        "dynamodb": change | {"ApproximateCreationDateTime": at},
    }
