"""What a run records of its domain events, until after its last change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.drain import drain
from local.emulator import Emulator
from local.events.changes import Changes
from local.events.kept import Kept
from local.events.queue import Queue, open_queue
from local.events.reader import read_rest
from local.progress import complain, step
from local.stack_resources import resource_id
from local.streams import tails

BUS = "EventBus"
"""The bus in the template."""


@dataclass(frozen=True)
class Recording:
    """The queue with what the bus delivers, what is kept of it, and what was stored."""

    queue: Queue
    kept: Kept
    changes: Changes


@asynccontextmanager
async def recording(file: Path, emulator: Emulator) -> AsyncIterator[Recording]:
    """Record into a file. At the end of the block nothing may be stored any more: it waits until
    what was stored last is told, and keeps that too.
    """
    port = emulator.port
    queue = open_queue(port, resource_id(port, BUS))
    kept = Kept(file)
    changes = Changes(lambda: tails(port), kept)
    try:
        yield Recording(queue, kept, changes)
    finally:
        if emulator.process.returncode is None:
            await _finish(emulator, Recording(queue, kept, changes))
        kept.close()


async def _finish(emulator: Emulator, recorded: Recording) -> None:
    try:
        with step("telling what was stored last"):
            await asyncio.to_thread(drain, emulator.port, emulator.log)
        await read_rest(recorded.queue, recorded.kept)
        await recorded.changes.catch_up()
    except (BotoCoreError, ClientError) as error:
        complain(f"what was stored last may not have been told: {error}")
