"""The stand-in over real HTTP, with a receiver for its webhooks and a clock that can be moved."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import stripe
from starlette.applications import Starlette
from starlette.routing import Mount

from local.stand_in import StandInConfig, close, create_stand_in, start
from local.stand_in.backend import Backend
from tests.support.stand_in_servers import FrontDoor, Receiver

ACCOUNT_SECRET, CONNECT_SECRET = "whsec_account", "whsec_connect"
SESSIONS = "/v1/identity/verification_sessions"
INSTALLS = "/v1/apps/installs"
APP_ID, APPLICATION_ID = "com.example.countersign", "ca_test"
APP_SECRETS = ("absec_new", "absec_old")
CALLBACK = "http://localhost:8000/callback/stripe"
REDIRECT_URIS = (CALLBACK, "https://example.com/back?from=stripe")
BAKERY, BOOKSHOP = "acct_1LocalBakery0001", "acct_1LocalBookshop01"


class Clock:
    """The real time, moved by as much as a test says."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


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
