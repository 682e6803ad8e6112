"""Waits until the emulator has given every change to the function on its stream.

It keeps no record of a stream beyond its own end, so that a change that waits then is never told.
How far it is, no API says: it writes a line into its log for each batch that succeeded.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from local import aws
from local.progress import complain
from local.streams import StreamTail, TableStream

PATIENCE_S = 20.0
_DONE = re.compile(rb"ESM: Lambda \S+ processed (\d+) DynamoDB stream records from (\S+)")


def drain(port: int, log: Path, patience_s: float = PATIENCE_S) -> None:
    """Wait until all is told that was stored, but no longer than this. `log` is the emulator's."""
    waiting, ends_at = Waiting(port, log), time.monotonic() + patience_s
    while left := waiting.count():
        if time.monotonic() > ends_at:
            complain(f"{left} changes were not told before the stop: `make republish` tells them")
            return
        time.sleep(0.2)


class Waiting:
    """The changes that wait for their function, counted over the whole run of the emulator."""

    def __init__(self, port: int, log: Path) -> None:
        self._log = ProcessedLog(log)
        streams = aws.client("dynamodbstreams", port)
        self._sources = [
            (StreamTail(streams, source), patterns)
            for source, patterns in _sources(aws.client("lambda", port))
        ]
        self._due: Counter[str] = Counter()

    def count(self) -> int:
        """Return how many wait now."""
        for tail, patterns in self._sources:
            new = sum(passes(record, patterns) for record in tail.new_records())
            self._due[tail.source.table] += new
        done = self._log.counted()
        return sum(max(0, due - done[table]) for table, due in self._due.items())


class ProcessedLog:
    """The emulator's log, which grows; of a long run it is large, and each line is read once."""

    def __init__(self, log: Path) -> None:
        self._log, self._read_to = log, 0
        self._counted: Counter[str] = Counter()

    def counted(self) -> Counter[str]:
        """Return how many changes of each table were given to a function by now."""
        with self._log.open("rb") as log:
            log.seek(self._read_to)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read_to += len(line)
                if found := _DONE.search(line):
                    self._counted[found[2].decode()] += int(found[1])
        return self._counted


def passes(record: Mapping[str, Any], patterns: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a record passes one of a mapping's filters; each does where there is none."""
    return not patterns or any(_matches(pattern, record) for pattern in patterns)


def _matches(pattern: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value matches an event pattern made of values and prefixes, which are all
    that the template has.
    """
    return isinstance(value, Mapping) and all(
        _matches(wanted, value.get(name))
        if isinstance(wanted, Mapping)
        else any(_is(each, value.get(name)) for each in wanted)
        for name, wanted in pattern.items()
    )


def _is(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, str) and value.startswith(wanted["prefix"])
    return bool(wanted == value)


def _sources(functions: Any) -> Iterator[tuple[TableStream, list[dict[str, Any]]]]:
    """Yield every stream of a table that has a function, with the filters in between."""
    for page in functions.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            arn = mapping["EventSourceArn"]
            if ":dynamodb:" in arn:
                filters = mapping.get("FilterCriteria", {}).get("Filters", [])
                yield (
                    TableStream(arn.split("/")[1], arn),
                    [json.loads(f["Pattern"]) for f in filters],
                )
