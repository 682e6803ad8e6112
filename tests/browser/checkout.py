"""A checkout as a merchant builds it: a page with Stripe's card fields and `payWithCountersign`, and a
server that holds the merchant's token and passes on what the API answers.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import FrameLocator, Page

from tests.browser.payments import Json, Stage

PAGE = """<!doctype html><html lang="en"><title>Checkout</title><link rel="icon" href="data:,">
<script src="{stripe}/v3/"></script><div id="card"></div></html>"""
BEGIN = """async ({ base, account, payment }) => {
  const { payWithCountersign } = await import(`${base}/client.js`);
  const post = (path, body, key = "") => fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });
  const stripe = Stripe("pk_test_local", { stripeAccount: account });
  const elements = stripe.elements();
  elements.create("payment").mount("#card");
  window.asked = [];
  window.token = async () => {
    const { confirmationToken, error } = await stripe.createConfirmationToken({ elements });
    if (error) throw new Error(error.message);
    return { confirmation_token: confirmationToken.id };
  };
  window.pay = (payment) => payWithCountersign({
    payment,
    stripe,
    confirm: (body, sent) => post(`/confirm/${sent.paymentId}`, body, sent.idempotencyKey),
    read: ({ paymentId }) => post(`/read/${paymentId}`, {}),
    askAgain: ({ paymentId }) => post(`/spc/${paymentId}`, {}),
    create: (card, sent) => post("/create", { ...card, replace: true }, sent.idempotencyKey),
    card: ({ reason, error }) => new Promise((resolve) => {
      window.asked.push([reason, error?.code ?? null]);
      window.give = async () => { window.give = null; resolve(await window.token()); };
    }),
    onChange: ({ doing }) => { window.doing = doing; },
  });
  window.start = (payment) => {
    window.outcome = null;
    window.pay(payment).then((outcome) => { window.outcome = outcome; });
  };
}"""
GOOD, CHALLENGED, DECLINED = "4242424242424242", "4000000000003220", "4000000000009995"


@dataclass
class Checkout:
    """The merchant's page at `origin`, and what its server was asked by it."""

    stage: Stage
    origin: str
    order: Json = field(default_factory=dict)
    requests: list[tuple[str, Json, str]] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.stage.page

    @property
    def bank(self) -> FrameLocator:
        """3-D Secure, as it is shown over the page."""
        return self.page.frame_locator("dialog iframe")

    def open(self) -> None:
        """The page with its card fields, as after a reload."""
        self.page.goto(f"{self.origin}/")
        base, account = self.stage.service.url, self.stage.shop.merchant.account
        self.page.evaluate(BEGIN, {"base": base, "account": account})

    def type_card(self, number: str) -> None:
        fields = self.page.frame_locator("#card iframe")
        fields.get_by_label("Card number").fill(number)
        fields.get_by_label("Expiry").fill("12 / 34")
        fields.get_by_label("CVC").fill("123")

    def begin(self, number: str, amount: int = 1099, **members: Any) -> Json:
        """A payment of a new order with the card that is typed, begun on the page."""
        self.open()
        self.type_card(number)
        account = self.stage.shop.merchant.account
        self.order = {"account_id": account, "reference": f"order-{uuid4().hex}"}
        self.order |= {"amount": amount, "currency": "usd", **members}
        made = self.call("/payments", self.order | self.page.evaluate("() => window.token()"))
        assert made.status_code == 201, made.text
        payment: Json = made.json()
        self.start(payment)
        return payment

    def start(self, payment: Json) -> None:
        self.stage.cdp.send("Page.setSPCTransactionMode", {"mode": "autoAccept"})
        self.page.evaluate("payment => window.start(payment)", payment)

    def outcome(self) -> Json:
        """How it ends, in a while."""
        self.page.wait_for_function("() => window.outcome", timeout=60_000)
        found: Json = self.page.evaluate("() => window.outcome")
        return found

    def asks_for_card(self, times: int = 1) -> list[Any]:
        """The page is asked for a card this often; why it was asked last, and the issuer's word."""
        self.page.wait_for_function(
            "times => window.asked.length === times && window.give", arg=times, timeout=60_000
        )
        found: list[Any] = self.page.evaluate("() => window.asked.at(-1)")
        return found

    def give(self, number: str) -> None:
        self.type_card(number)
        self.page.evaluate("() => window.give()")

    def act(self, name: str) -> None:
        self.bank.get_by_role("button", name=name).click()

    def paid(self, payment_id: str) -> Json:
        """The payment, as the merchant's server reads it."""
        headers = self.stage.shop.server
        found = self.stage.service.http.get(f"/payments/{payment_id}", headers=headers)
        seen: Json = found.json()
        return seen

    def call(self, path: str, body: Json, key: str = "") -> httpx.Response:
        headers = self.stage.shop.server | {"Idempotency-Key": key or uuid4().hex}
        return self.stage.service.http.post(path, headers=headers, json=body)

    def answer(self, path: str, body: Json, key: str) -> httpx.Response:
        """What the merchant's server answers to its page."""
        what, payment_id = (*path.strip("/").split("/"), "")[:2]
        self.requests.append((what, body, key))
        if what == "create":
            return self.call("/payments", self.order | body, key)
        if what == "read":
            headers = self.stage.shop.server
            return self.stage.service.http.get(f"/payments/{payment_id}", headers=headers)
        return self.call(f"/payments/{payment_id}/{what}", body, key)


@contextmanager
def checkout(stage: Stage) -> Iterator[Checkout]:
    """The merchant's server, for as long as the block lasts."""
    shop: list[Checkout] = []
    stripe = stage.service.url.replace("localhost", "stripe.localhost")
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop, stripe)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://merchant.localhost:{server.server_port}"
        stage.settings(checkout_origins=[stage.origin, stage.service.url, origin])
        shop.append(Checkout(stage, origin))
        yield shop[0]
        server.shutdown()


def _handler(shop: list[Checkout], stripe: str) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, "text/html", PAGE.format(stripe=stripe).encode())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            said = shop[0].answer(self.path, body, self.headers.get("Idempotency-Key", ""))
            kind = said.headers["content-type"]
            self._send(said.status_code, kind, said.content, said.headers.get("retry-after"))

        def _send(self, status: int, kind: str, body: bytes, again: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if again:
                self.send_header("Retry-After", again)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
