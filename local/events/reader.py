"""Reads the domain events off their queue, keeps them, and prints a line for each."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.events.kept import Entry, Kept
from local.events.queue import Message, Queue
from local.progress import complain, say

WAIT_S = 1
"""For how long one request waits for an event: a stop waits as long for the request."""
_PAUSE_S = 1.0
"""Before the queue is asked again after a failure."""


@asynccontextmanager
async def reading_events(
    queue: Queue, kept: Kept, tell: Callable[[str], None] = say
) -> AsyncIterator[None]:
    """Read while the block runs, and what is left in the queue at its end."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_read(queue, kept, tell, stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def _read(
    queue: Queue, kept: Kept, tell: Callable[[str], None], stopping: asyncio.Event
) -> None:
    troubled = False
    while True:
        # Set before the last request, so that nothing that was in the queue then is left there.
        last = stopping.is_set()
        try:
            read = await asyncio.to_thread(_take, queue, kept, tell, 0 if last else WAIT_S)
            troubled = False
        except (BotoCoreError, ClientError) as error:
            if last:
                return
            if not troubled:
                complain(f"domain events cannot be read for now: {error}")
            read, troubled = 0, True
            await asyncio.sleep(_PAUSE_S)
        if last and not read:
            return


def _take(queue: Queue, kept: Kept, tell: Callable[[str], None], wait_s: int) -> int:
    """Keep what the queue has, and return how many messages that were. An event is kept before it
    is taken off the queue, and once, however often the queue delivers it.
    """
    messages = queue.receive(wait_s)
    if messages:
        for entry in kept.add("event", map(_entry, messages)):
            tell(line(entry.body))
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
    told = [clock, event["detail-type"], detail.get("subject"), f"revision {detail.get('revision')}"]
    return "  ".join(map(str, told + (["told again"] if detail.get("replayed") else [])))


def _detail(event: dict[str, Any]) -> dict[str, Any]:
    detail = event.get("detail")
    return detail if isinstance(detail, dict) else {}
