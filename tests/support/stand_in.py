"""The stand-in over real HTTP, with a receiver for its webhooks and a clock that can be moved."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from local.stand_in import StandInConfig, close, create_stand_in, start
from local.stand_in.backend import Backend

ACCOUNT_SECRET, CONNECT_SECRET = "whsec_account", "whsec_connect"
SESSIONS = "/v1/identity/verification_sessions"
INSTALLS = "/v1/apps/installs"
APP_ID, APPLICATION_ID = "com.example.countersign", "ca_test"
APP_SECRETS = ("absec_new", "absec_old")
CALLBACK = "http://localhost:8000/callback/stripe"
REDIRECT_URIS = (CALLBACK, "https://example.com/back?from=stripe")
BAKERY, BOOKSHOP = "acct_1LocalBakery0001", "acct_1LocalBookshop01"

T = TypeVar("T")


def eventually(look: Callable[[], T]) -> T:
    """The first truthy thing that `look` sees; fails when it sees none for long."""
    deadline = time.monotonic() + 30
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return seen


class Clock:
    """The real time, moved by as much as a test says."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


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
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

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
        self.loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self, host="127.0.0.1", port=0, lifespan="off", log_level="error")
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)

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


class StandIn:
    """A running stand-in, mounted both ways, and its callers."""

    def __init__(self, door: FrontDoor, receiver: Receiver, folder: Path, **settings: Any) -> None:
        self.door, self.receiver, self.clock = door, receiver, Clock()
        self.config = StandInConfig(
            public_url=door.url,
            webhook_url=receiver.url,
            account_secret=ACCOUNT_SECRET,
            connect_secret=CONNECT_SECRET,
            state_file=folder / "stripe.state",
            app_id=APP_ID,
            application_id=APPLICATION_ID,
            app_secrets=APP_SECRETS,
            clock=self.clock,
            **{
                "redirect_uris": REDIRECT_URIS,
                "retry_delays": (0.05, 0.05, 0.05),
                "processing_delay": 0.1,
                "redaction_delay": 0.1,
                "delivery_timeout": 10.0,
                "first_limit": 10.0,
                **settings,
            },
        )
        self.http = door.http
        self.http.cookies.clear()
        self.stripe = self.client("sk_test_local")
        self.sessions = self.stripe.v1.identity.verification_sessions
        self.app: Starlette | None = None

    @property
    def backend(self) -> Backend:
        assert self.app is not None
        backend: Backend = self.app.state.backend
        return backend

    def client(self, key: str, **options: Any) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.door.url}, **options)

    def start(self) -> None:
        self.app = create_stand_in(self.config)
        local = Mount("/_local", routes=[Mount("/stripe", self.app)])
        self.door.app = Starlette(routes=[local, Mount("/", self.app)])
        self.door.run(start(self.app))

    def stop(self) -> None:
        if self.app is not None:
            self.door.run(close(self.app))
            self.app = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def create(self, **params: Any) -> stripe.identity.VerificationSession:
        wanted: Any = {"type": "document", **params}
        return self.sessions.create(wanted)

    def status(self, session: str) -> str:
        return str(self.get(f"{SESSIONS}/{session}")["status"])

    def get(self, path: str, **params: Any) -> Any:
        """A call of the API as JSON, without the SDK in between."""
        return self.call("GET", path, params=params).json()

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.http.request(method, path, auth=("sk_test_local", ""), **options)

    def post(self, path: str, body: Any) -> httpx.Response:
        """A call of the stand-in's own controls."""
        return self.http.post(path, json=body)

    def outcome(self, session: str, outcome: str, **more: Any) -> Any:
        response = self.post("/_outcome", {"session": session, "outcome": outcome, **more})
        assert response.status_code == 200, response.text
        return response.json()

    def fault(self, **order: Any) -> None:
        response = self.post("/_faults", {"path": SESSIONS, "times": 1, **order})
        assert response.status_code == 200, response.text

    def install(self, account: str = BAKERY, **more: Any) -> str:
        """The address that the browser would be sent to."""
        response = self.post("/_install", {"account": account, **more})
        assert response.status_code == 200, response.text
        return str(response.json()["redirect"])

    def uninstall(self, account: str = BAKERY, **more: Any) -> None:
        response = self.post("/_uninstall", {"account": account, **more})
        assert response.status_code == 200, response.text

    def deliveries(self) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = self.http.get("/_deliveries").json()["data"]
        return data

    def mode(self, mode: str) -> None:
        assert self.post("/_deliveries", {"mode": mode}).status_code == 200

    def requests(self) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = self.http.get("/_requests").json()["data"]
        return data


def start_path(url: str) -> str:
    return urlsplit(url).path


def visit_of(page: httpx.Response) -> str:
    """The hidden field of the hosted page's form."""
    assert page.status_code == 200, page.text
    return page.text.split('name="visit" value="')[1].split('"')[0]
