"""Proxies before DynamoDB, EventBridge and Stripe: they count the calls, and let those fail that a test
names. Nothing of the bundle is patched; its functions are told other addresses.
"""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
Kind = Literal["answer", "drop", "lose", "half", "reset", "delay", "kill_before", "kill_after"]
"""What happens to a call: it gets an `answer` of ours and is not passed on; its connection is closed
before (`drop`) or after it was passed on (`lose`); `half` of its answer comes, or a `reset` instead of
it; it is passed on late (`delay`); the process that makes it is killed before it is passed on, or after.
"""
_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """A request: its name (`UpdateItem`, or `POST /v1/…`), its bytes, and the port it came from."""

    name: str
    head: bytes
    body: bytes
    port: int


def unchanged(call: Call) -> Call:
    """A call as it came."""
    return call


@dataclass
class Fault:
    """What happens to the calls that it `wants`, from the `first` on, `times` times."""

    kind: Kind
    wants: Callable[[Call], bool] = lambda call: True
    first: int = 1
    times: int = 1
    answer: bytes = b""
    seconds: float = 0
    seen: int = 0
    injected: int = 0

    def takes(self, call: Call) -> bool:
        """Count a call, and say whether it meets the fault."""
        if not self.wants(call):
            return False
        self.seen += 1
        if not self.first <= self.seen < self.first + self.times:
            return False
        self.injected += 1
        return True


@dataclass
class Front:
    """One proxy: where it listens, where it passes calls on to, and what has come. `changes` is what
    it does to a call before that.
    """

    target: str
    kill: Callable[[int], None]
    url: str = ""
    calls: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    changes: Callable[[Call], Call] = unchanged

    def order(self, fault: Fault) -> Fault:
        """Let a fault meet the calls to come."""
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let every call through again."""
        self.faults.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and close: each connection of ours has one request."""
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                call = await _read(reader, writer)
                self.calls.append(call.name)
                fault = next((fault for fault in self.faults if fault.takes(call)), None)
                await self._answer(call, fault, writer)
        finally:
            writer.close()

    async def _answer(self, call: Call, fault: Fault | None, writer: asyncio.StreamWriter) -> None:
        kind = fault.kind if fault else None
        if fault and kind == "delay":
            await asyncio.sleep(fault.seconds)
        if kind == "kill_before":
            self.kill(call.port)
        if fault and kind == "answer":
            writer.write(fault.answer)
        elif kind not in ("drop", "kill_before"):
            answer = await _pass_on(self.target, self.changes(call))
            if kind == "kill_after":
                self.kill(call.port)
            elif kind == "reset":
                _reset(writer)
            elif kind != "lose":
                writer.write(answer[: len(answer) // 2] if kind == "half" else answer)
        await writer.drain()


class FaultProxies:
    """The proxies of a run, on a loop of their own."""

    def __init__(self, kill: Callable[[int], None]) -> None:
        self._kill = kill
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def front(self, target: str) -> Front:
        """A proxy before an address, path included."""
        made = Front(target, self._kill)
        server = self._run(asyncio.start_server(made.serve, "127.0.0.1", 0, limit=_LIMIT))
        self._servers.append(server)
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return made

    def close(self) -> None:
        """Stop listening, give up what is on its way, and end the loop."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)


def response(status: int, body: Any, *headers: str) -> bytes:
    """The bytes of an answer in JSON."""
    content = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} -", *headers, "Content-Type: application/json"]
    lines += [f"Content-Length: {len(content)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + content


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Call:
    head = await reader.readuntil(b"\r\n\r\n")
    method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
    headers = _headers(head)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    target = headers.get("x-amz-target", "").partition(".")[2]
    name = target or f"{method} {path.partition('?')[0]}"
    return Call(name, head, body, int(writer.get_extra_info("peername")[1]))


def _headers(head: bytes) -> dict[str, str]:
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]]
    return {name.lower(): value.strip() for name, _, value in lines}


async def _pass_on(target: str, call: Call) -> bytes:
    """The bytes of the whole answer. What is sent on is as it came, but for the connection's end and
    the target's own path.
    """
    address = urlsplit(target)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        first, *lines = call.head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, path, version = first.split(" ", 2)
        kept = [line for line in lines if not line.lower().startswith("connection:")]
        said = [f"{method} {address.path}{path} {version}", *kept, "Connection: close", "", ""]
        writer.write("\r\n".join(said).encode("latin-1") + call.body)
        return await reader.read(-1)
    finally:
        writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a process does that crashes: with a reset."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
