"""Nothing that was stored before or after a restart of the emulator goes untold.

It saves how far its streams were read, and not their records (see `local.stream_positions` and
`local.drain`).
"""

import asyncio
import subprocess
import sys
from pathlib import Path

from local.drain import drain
from local.events.kept import Kept
from local.events.queue import open_queue
from local.events.reader import read_rest
from local.places import PROJECT
from tests.support.emulator import BUS, deploy_publisher, emulator, store

PATTERN = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "session#"}, {"prefix": "live#session#"}]}}},
}
RUNS = 2
KILLED = 9
KILLED_RUN = """
import asyncio, os, sys
from pathlib import Path
from tests.support.emulator import emulator, store

async def run():
    async with emulator(Path(sys.argv[1])) as running:
        store(running.port, *sys.argv[2:])
        os._exit(9)

asyncio.run(run())
"""
"""A run that stores things and ends at once, so that its emulator goes on."""
BOOKKEEPING = ("slot#1", "idempotency#2", "slot#1")


def written_in(run: int) -> list[str]:
    """The keys that one run writes: one by one, since a batch of the emulator's has one change."""
    return [f"session#{run}-{number}" for number in range(12)]


def test_what_is_stored_just_before_and_after_a_restart_is_told(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "events.sqlite")
    for run in range(RUNS):
        asyncio.run(one_run(tmp_path, run, kept))
    told = [event["detail"]["subject"] for event in kept.newest("event", 1000)]
    assert told == [key for run in range(RUNS) for key in written_in(run)]


def test_what_a_killed_run_has_stored_is_told_by_the_emulator_that_it_left(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "events.sqlite")
    asyncio.run(one_run(tmp_path, 0, kept))
    command = [sys.executable, "-c", KILLED_RUN, str(tmp_path), *written_in(1)]
    assert subprocess.run(command, cwd=PROJECT, check=False).returncode == KILLED
    asyncio.run(one_run(tmp_path, 2, kept))
    told = [event["detail"]["subject"] for event in kept.newest("event", 1000)]
    assert told == [key for run in range(3) for key in written_in(run)]


async def one_run(home: Path, run: int, kept: Kept) -> None:
    async with emulator(home) as running:
        if run == 0:
            deploy_publisher(running.port, PATTERN)
        queue = open_queue(running.port, BUS)
        store(running.port, *BOOKKEEPING, *written_in(run), *BOOKKEEPING)
        await asyncio.to_thread(drain, running.port, running.log)
        await read_rest(queue, kept)
