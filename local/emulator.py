"""MiniStack, the AWS emulator: one process on loopback, its state kept in the run's folder."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from local import aws
from local.lock import RunLock
from local.places import Places
from local.processes import CommandError, last_lines, start, stop
from local.progress import complain, step
from local.stream_positions import forget_stream_positions

MAIN = Path(__file__).with_name("emulator_main.py")
START_PATIENCE_S = 60.0
STOP_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Emulator:
    """A running emulator; `ended` returns its exit status when it dies by itself."""

    port: int
    process: asyncio.subprocess.Process
    log: Path

    async def ended(self) -> int:
        return await self.process.wait()


@asynccontextmanager
async def running_emulator(
    places: Places, environ: Mapping[str, str], lock: RunLock
) -> AsyncIterator[Emulator]:
    """Run the emulator with the state of the last run, and save that state at the end.

    Raises CommandError if it does not start.
    """
    log = places.logs / "ministack.log"
    scratch = places.home / "tmp"
    await _remove(scratch)
    scratch.mkdir(mode=0o700, parents=True)
    forget_stream_positions(places.state / "ministack")
    port = free_port()
    process = await start(
        [places.ministack_python, "-X", lock.marker, "-P", MAIN],
        env=environment(places, environ, port),
        cwd=places.home,
        log=log,
    )
    try:
        lock.note_emulator(process.pid, port)
        await _answering(process, port, log)
        yield Emulator(port, process, log)
    finally:
        await asyncio.shield(_end(process))
        await asyncio.shield(_remove(scratch))


def environment(places: Places, environ: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the emulator's whole environment.

    Its handlers inherit it, so it holds nothing of the user's: a key that a handler finds must
    come from the deployment.
    """
    kept = {name: environ[name] for name in ("PATH", "HOME", "LANG") if name in environ}
    return aws.without_aws(kept) | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        # Lambda says so to what it starts (countersign.prepare); the emulator leaves it out.
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "MINISTACK_REGION": aws.REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(places.state / "ministack"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(places.state / "s3"),
        "TMPDIR": str(places.home / "tmp"),
        # Two other listeners that it would open.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # It would remove its containers in a container engine if one runs.
        "DOCKER_HOST": "unix:///nonexistent",
        **aws.CREDENTIALS,
    }


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answering(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    async with httpx.AsyncClient(trust_env=False) as http:
        while process.returncode is None and time.monotonic() < deadline:
            try:
                if (await http.get(f"{aws.endpoint(port)}/_ministack/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise CommandError(f"the AWS emulator did not start; {last_lines(log)}")


async def _remove(folder: Path) -> None:
    """Remove thousands of files: `rm` is much faster than Python."""
    process = await asyncio.create_subprocess_exec("rm", "-rf", str(folder))
    await process.wait()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        await stop(process, patience=0)
        return
    with step("saving what is stored"):
        orderly = await stop(process, patience=STOP_PATIENCE_S)
    if not orderly:
        complain("the AWS emulator had to be killed: what this run stored may be lost")
