"""HTTP by hand: a client and an upstream that show every byte."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from local.emulator import free_port
from local.preflight import Invoke
from local.proxy import ApiProxy
from local.routes import Route
from local.server import listening, serving
from tests.support.threads import run_loop


@dataclass(frozen=True)
class Exchange:
    """What the upstream was sent (empty when it was not asked) and what the client got."""

    upstream: bytes
    answer: bytes

    @property
    def status(self) -> int:
        return int(self.answer.split()[1])

    @property
    def body(self) -> bytes:
        return self.answer.partition(b"\r\n\r\n")[2]


def through_proxy(
    request: bytes, reply: bytes = b"", routes: Sequence[Route] = (), invoke: Invoke | None = None
) -> Exchange:
    """Send a request through the proxy to an upstream that replies with these bytes.

    Without a reply the upstream hangs up when it has been asked.
    """
    return run_loop(_exchange(request, reply, routes, invoke or _refuse))


async def ask_proxy(base: str, request: bytes) -> bytes:
    """What the proxy of an upstream answers to a request."""
    async with httpx.AsyncClient(trust_env=False) as http:
        port = free_port()
        with listening(port) as sockets:
            async with serving(ApiProxy(http, base, (), _refuse), sockets):
                return await _send(port, request)


async def _exchange(
    request: bytes, reply: bytes, routes: Sequence[Route], invoke: Invoke
) -> Exchange:
    received = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await _read_request(reader))
        writer.write(reply)
        await writer.drain()
        writer.close()

    upstream = await asyncio.start_server(answer, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}/_aws/execute-api/a1b2c3d4/$default"
    async with upstream, httpx.AsyncClient(trust_env=False) as http:
        port = free_port()
        with listening(port) as sockets:
            async with serving(ApiProxy(http, base, routes, invoke), sockets):
                got = await _send(port, request)
    return Exchange(bytes(received), got)


async def _send(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    return head + (await reader.readexactly(lengths[0]) if lengths else b"")


def _refuse(function: str, payload: bytes) -> tuple[bytes, bool]:
    raise AssertionError(f"{function} was invoked")
