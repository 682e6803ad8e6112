"""Listening on loopback, over IPv4 and IPv6, with signals left to the supervisor."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from local.errors import LocalError

BACKLOG = 128


class PortInUseError(LocalError):
    """Another program listens on the port. The message says what to set."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def listening(port: int) -> Iterator[list[socket.socket]]:
    """Listen at the port on every loopback address of this machine, and yield the sockets.

    Programs differ in which address they try first for `localhost`. Raises PortInUseError.
    """
    sockets: list[socket.socket] = []
    try:
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if bound := _bound(family, address, port):
                sockets.append(bound)
        yield sockets
    finally:
        for bound in sockets:
            bound.close()


@asynccontextmanager
async def serving(app: ASGIApp, sockets: Sequence[socket.socket]) -> AsyncIterator[None]:
    """Serve an app on the sockets while the block runs; open requests get 3 s to finish."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(list(sockets)))
    try:
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await asyncio.shield(task)


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    """Return a bound socket, or None when the machine has no such loopback address."""
    try:
        # asyncio turns off Nagle's algorithm (40 ms per answer) only where TCP is named.
        made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError:
        return None
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address, port))
        # Now, so that the port is visibly in use; early callers wait.
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(_in_use(port)) from error
        if error.errno == errno.EACCES:
            raise PortInUseError(
                f"port {port} needs more rights: set PORT to 1024 or more"
            ) from error
        return None
    return made


def _in_use(port: int) -> str:
    return (
        f"port {port} is in use: stop what listens there, or set PORT, as in `PORT=8001 make run`"
    )
