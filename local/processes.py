"""Child processes in groups of their own, so that nothing outlives a run."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.errors import LocalError

LAST_LINES = 20


class CommandError(LocalError):
    """A command failed. The message has the last lines of its log."""


async def start(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
) -> asyncio.subprocess.Process:
    """Start a command in its own process group; its output replaces the log file."""
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )


async def run(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
) -> None:
    """Run a command to its end. Raises CommandError if it fails.

    If the caller is canceled, the command's whole group is ended first.
    """
    process = await start(command, env=env, cwd=cwd, log=log)
    try:
        status = await process.wait()
    finally:
        await stop(process, patience=5)
    if status:
        raise CommandError(f"{Path(command[0]).name} failed; {last_lines(log)}")


async def stop(process: asyncio.subprocess.Process, *, patience: float) -> bool:
    """End a process started here and its whole group. Return False if it had to be killed.

    The leader gets SIGTERM and `patience` seconds to end.
    """
    orderly = True
    if process.returncode is None:
        signal_process(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.shield(process.wait()), patience)
        except TimeoutError:
            orderly = False
    kill_group(process.pid)
    await process.wait()
    return orderly


def kill_group(leader: int) -> None:
    """Kill what is left of the group that a process started here leads."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Gone already; macOS answers EPERM for a group of zombies.
        return


def signal_process(pid: int, number: signal.Signals) -> bool:
    """Send a signal to one process. Return False if there is none."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    """Return the end of a log file with its path, for an error message."""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join([f"the end of {log}:", *(f"  {line}" for line in lines)])
