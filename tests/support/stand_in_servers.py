"""Around the stand-in: a server for its webhooks, and one that it runs in."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")


def eventually(look: Callable[[], T]) -> T:
    """The first truthy thing that `look` sees; fails when it sees none for long."""
    deadline = time.monotonic() + 30
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return seen


@dataclass
class Received:
    """One webhook request, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A webhook endpoint; it answers with the statuses given, then with 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0
    on_event: Callable[[], object] = lambda: None
    released: threading.Event = field(default_factory=threading.Event)

    def busy(self) -> None:
        """Take and answer nothing until it is `released`, or the sender has long given up."""
        self.on_event = lambda: self.released.wait(20)

    def types(self) -> list[str]:
        prefix = "identity.verification_session."
        return [request.event["type"].removeprefix(prefix) for request in self.received]

    def wait_for(self, count: int) -> list[Received]:
        eventually(lambda: len(self.received) >= count)
        return self.received


class Mailroom:
    """One HTTP server for every test's receiver, each at a path of its own."""

    def __init__(self) -> None:
        self._receivers: dict[str, Receiver] = {}
        receivers = self._receivers

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver = receivers[self.path]
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.delay)
                receiver.on_event()
                receiver.received.append(Received(dict(self.headers), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def receiver(self) -> Receiver:
        path = f"/webhook/{len(self._receivers)}"
        receiver = Receiver(f"http://127.0.0.1:{self._server.server_port}{path}")
        self._receivers[path] = receiver
        return receiver

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class FrontDoor:
    """One HTTP server for every test: the application behind it can be exchanged."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self._running = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self, host="127.0.0.1", port=0, lifespan="off", log_level="error")
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        self._running += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._running -= 1

    def quiet(self) -> None:
        """Wait for the end of every request, those included whose caller has gone."""
        eventually(lambda: not self._running)

    def open(self) -> None:
        self._thread.start()
        eventually(lambda: self._server.started)
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def close(self) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join()

    def run(self, coroutine: Any) -> Any:
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve()
