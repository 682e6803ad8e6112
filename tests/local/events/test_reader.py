"""Each event that the queue delivers is kept and printed once, and then taken off the queue."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local.events.kept import Kept
from local.events.queue import Queue
from local.events.reader import line, read_rest, reading_events


def event(number: int, **detail: Any) -> dict[str, Any]:
    """An event as the bus delivers it."""
    told = {"subject": "vs_1", "revision": number, "occurred_at": 1_800_000_000, "replayed": False}
    return {
        "id": f"bus {number}",
        "source": "countersign",
        "detail-type": "identity.verified",
        "detail": told | detail,
    }


class FakeSqs:
    """A queue that gives two messages at a time, each again until it is deleted; its first requests
    get no answer.
    """

    def __init__(self, *events: dict[str, Any], broken: int = 0) -> None:
        self.held, self.broken = list(events), broken

    def receive_message(self, **_: Any) -> dict[str, Any]:
        if self.broken > 0:
            self.broken -= 1
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
        held = self.held[:2]
        return {"Messages": [{"Body": json.dumps(e), "ReceiptHandle": e["id"]} for e in held]}

    def delete_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> None:
        gone = {entry["ReceiptHandle"] for entry in Entries}
        self.held = [event for event in self.held if event["id"] not in gone]


def test_all_that_the_queue_holds_is_kept_and_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, sqs = Kept(tmp_path / "events.sqlite"), FakeSqs(*map(event, range(5)))
    asyncio.run(read_rest(Queue(sqs, ""), kept))
    assert kept.newest("event", 10) == [event(number) for number in range(5)]
    assert sqs.held == []
    assert len(capsys.readouterr().out.splitlines()) == 5


def test_an_event_that_is_delivered_again_is_printed_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept(tmp_path / "events.sqlite")
    for _ in range(2):
        asyncio.run(read_rest(Queue(FakeSqs(event(1)), ""), kept))
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert len(kept.newest("event", 10)) == 1


def test_reading_goes_on_after_a_failure_which_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, sqs = Kept(tmp_path / "events.sqlite"), FakeSqs(event(1), broken=3)

    async def until_read() -> None:
        async with reading_events(Queue(sqs, ""), kept, pause_s=0.01):
            while not kept.newest("event", 1):
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(until_read(), 10))
    told = capsys.readouterr()
    assert "identity.verified" in told.out
    assert told.err.count("cannot be read for now") == 1


def test_what_somebody_else_puts_on_the_bus_stops_nothing(tmp_path: Path) -> None:
    kept, strange = Kept(tmp_path / "events.sqlite"), event(1) | {"detail": "text"}
    asyncio.run(read_rest(Queue(FakeSqs(strange, event(2)), ""), kept))
    assert kept.newest("event", 10) == [strange, event(2)]


def test_a_line_says_when_what_to_whom_and_as_which_revision() -> None:
    assert re.fullmatch(r"\d\d:\d\d:\d\d  identity\.verified  vs_1  revision 7", line(event(7)))
    assert line(event(7, replayed=True)).endswith("  revision 7  told again")
