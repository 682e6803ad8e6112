"""Reads the domain events off their queue, keeps them, and prints a line for each."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.events.kept import Entry, Kept
from local.events.queue import Message, Queue
from local.progress import complain, say

_WAIT_S = 1
"""For how long one request waits for an event: a stop waits as long for the request."""


@asynccontextmanager
async def reading_events(queue: Queue, kept: Kept, pause_s: float = 1.0) -> AsyncIterator[None]:
    """Read while the block runs; after a failure, once more when the pause is over."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_read(queue, kept, stopping, pause_s))
    try:
        yield
    finally:
        stopping.set()
        await task


async def read_rest(queue: Queue, kept: Kept) -> None:
    """Read what is left in the queue."""
    while await asyncio.to_thread(_take, queue, kept, 0):
        pass


async def _read(queue: Queue, kept: Kept, stopping: asyncio.Event, pause_s: float) -> None:
    troubled = False
    while not stopping.is_set():
        try:
            await asyncio.to_thread(_take, queue, kept, _WAIT_S)
            troubled = False
        except (BotoCoreError, ClientError) as error:
            if not troubled:
                complain(f"domain events cannot be read for now: {error}")
            troubled = True
            await asyncio.sleep(pause_s)


def _take(queue: Queue, kept: Kept, wait_s: int) -> int:
    """Keep what the queue has, and return how many messages that were. An event is kept before it
    is taken off the queue, and once, however often the queue delivers it.
    """
    messages = queue.receive(wait_s)
    if messages:
        for entry in kept.add("event", map(_entry, messages)):
            say(line(entry.body))
        queue.delete(messages)
    return len(messages)


def _entry(message: Message) -> Entry:
    # The bus gives each event that it accepts an id of its own, so that an event that the publisher
    # has sent twice is shown twice.
    event = message.event
    return Entry(event["id"], str(_detail(event).get("subject", "")), event)


def line(event: dict[str, Any]) -> str:
    """Return what the terminal shows of an event: when it happened, what, to whom, and as which
    revision.
    """
    detail = _detail(event)
    clock = time.strftime("%H:%M:%S", time.localtime(detail.get("occurred_at")))
    told = [
        clock,
        event["detail-type"],
        detail.get("subject"),
        f"revision {detail.get('revision')}",
    ]
    return "  ".join(map(str, [*told, *(["told again"] if detail.get("replayed") else [])]))


def _detail(event: dict[str, Any]) -> dict[str, Any]:
    """Return the detail; empty where somebody else has put anything else on the bus."""
    detail = event.get("detail")
    return detail if isinstance(detail, dict) else {}
