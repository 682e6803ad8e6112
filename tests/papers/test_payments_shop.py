"""The server in docs/payments.md: what it passes on to the API, and what it keeps from a page."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.papers.guide import PAPERS

PAGE = PAPERS["docs/payments.md"]
PAYMENT = f"pay_{'a' * 22}"


@dataclass
class Api:
    """An API that keeps what it is asked, and is busy."""

    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked.append((self.command, self.path, headers, json.loads(body or b"null")))
                self.send_response(409)
                self.send_header("Content-Type", "application/problem+json")
                self.send_header("Retry-After", "5")
                self.end_headers()
                self.wfile.write(b'{"code":"payment_busy"}')

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: Any) -> None:
                """Print nothing."""

        return Handler


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[httpx.Client, Api]]:
    """The page's server, in front of an API."""
    api = Api()
    with listening(api.handler()) as address:
        settings = {"API": address, "ACCOUNT": "acct_1", "SERVER": "token", "NO_PROXY": "127.0.0.1"}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        names: dict[str, Any] = {"__name__": "shop"}
        [block] = [block.text for block in PAGE.blocks if block.language == "python"]
        exec(block, names)  # noqa: S102  what a reader would copy
        names["Shop"].log_message = lambda *_: None
        with (
            listening(names["Shop"]) as url,
            httpx.Client(base_url=url, trust_env=False) as page,
        ):
            yield page, api


def test_amount_and_account_are_the_servers_whatever_the_page_sends(
    shop: tuple[httpx.Client, Api],
) -> None:
    page, api = shop
    sent = {"reference": "order-2001", "payment_method": "pm_1", "replace": True}
    cheap = {"amount": 1, "account_id": "acct_2", "application_fee_amount": 1}
    page.post("/payments", json=sent | cheap, headers={"Idempotency-Key": "key"})
    [(_, path, headers, body)] = api.asked
    assert path == "/payments"
    assert body == {**sent, "account_id": "acct_1", "amount": 10990, "currency": "eur"}
    assert headers["authorization"] == "Bearer token"
    assert headers["idempotency-key"] == "key"


def test_a_confirmation_is_passed_on_and_so_is_a_refusal_with_its_time(
    shop: tuple[httpx.Client, Api],
) -> None:
    page, api = shop
    path = f"/payments/{PAYMENT}/confirm"
    answer = page.post(path, json={"give_up_spc": True}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "5")
    assert answer.json() == {"code": "payment_busy"}
    assert [(path, body) for _, path, _, body in api.asked] == [(path, {"give_up_spc": True})]


def test_a_payment_is_read_without_a_body(shop: tuple[httpx.Client, Api]) -> None:
    page, api = shop
    page.get(f"/payments/{PAYMENT}")
    assert [(method, path, body) for method, path, _, body in api.asked] == [
        ("GET", f"/payments/{PAYMENT}", None)
    ]


@pytest.mark.parametrize(
    "path", [f"/payments/{PAYMENT}/cancel", "/payments/../installations", "/payments/x/confirm"]
)
def test_a_page_reaches_no_other_call(shop: tuple[httpx.Client, Api], path: str) -> None:
    page, api = shop
    assert page.post(path, json={}, headers={"Idempotency-Key": "k"}).status_code == 404
    assert api.asked == []
