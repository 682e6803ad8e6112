"""A checkout as a merchant builds it: a page with Stripe's card fields and `payWithCountersign`, and a
server that holds the merchant's token and passes on what the API answers.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple
from uuid import uuid4

from playwright.sync_api import FrameLocator, Page

from tests.support.browser import press

Json = dict[str, Any]


class Said(NamedTuple):
    """An answer of the API."""

    status: int
    headers: dict[str, str]
    text: str


Api = Callable[[str, str, Json | None, str], Said]
"""A call of the API by the merchant's server: method, path, body and idempotency key."""
CLIENT = Path(__file__).parents[2] / "functions" / "pages"
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
    """The merchant's page at `origin`, and what its server was asked by it. `base` is where the page
    loads `client.js` from, by default the merchant's own server.
    """

    page: Page
    api: Api
    account: str
    origin: str = ""
    base: str = ""
    loses: int = 0
    """Answers that are lost on the way, once the server has carried out what was asked."""
    order: Json = field(default_factory=dict)
    requests: list[tuple[str, Json, str]] = field(default_factory=list)

    @property
    def bank(self) -> FrameLocator:
        """3-D Secure, as it is shown over the page."""
        return self.page.frame_locator("dialog iframe")

    def open(self) -> None:
        """The page with its card fields, as after a reload."""
        self.page.goto(f"{self.origin}/")
        base = self.base or self.origin
        self.page.evaluate(BEGIN, {"base": base, "account": self.account})

    def type_card(self, number: str) -> None:
        fields = self.page.frame_locator("#card iframe")
        fields.get_by_label("Card number").fill(number)
        fields.get_by_label("Expiry").fill("12 / 34")
        fields.get_by_label("CVC").fill("123")

    def begin(self, number: str, amount: int = 1099) -> Json:
        """A payment of a new order with the card that is typed, begun on the page."""
        self.open()
        self.type_card(number)
        return self.begin_with(self.page.evaluate("() => window.token()"), amount)

    def begin_with(self, card: Json, amount: int, **members: Any) -> Json:
        """The same with a card that has an id already."""
        self.order = {"account_id": self.account, "reference": f"order-{uuid4().hex}"}
        self.order |= {"amount": amount, "currency": "usd", **members}
        made = self.api("POST", "/payments", self.order | card, uuid4().hex)
        assert made.status == 201, made
        payment: Json = json.loads(made.text)
        self.start(payment)
        return payment

    def start(self, payment: Json) -> None:
        self.page.evaluate("payment => window.start(payment)", payment)

    def outcome(self) -> Json:
        """How it ends, in a while."""
        self.page.wait_for_function("() => window.outcome")
        found: Json = self.page.evaluate("() => window.outcome")
        return found

    def asks_for_card(self, times: int = 1) -> list[Any]:
        """The page is asked for a card this often; why it was asked last, and the issuer's word."""
        asked = "times => window.asked.length === times && window.give !== null"
        self.page.wait_for_function(asked, arg=times)
        found: list[Any] = self.page.evaluate("() => window.asked.at(-1)")
        return found

    def give(self, number: str) -> None:
        self.type_card(number)
        self.page.evaluate("() => window.give()")

    def act(self, name: str) -> None:
        press(self.bank.get_by_role("button", name=name))

    def paid(self, payment_id: str) -> Json:
        """The payment, as the merchant's server reads it."""
        seen: Json = json.loads(self.api("GET", f"/payments/{payment_id}", None, "").text)
        return seen

    def answer(self, path: str, body: Json, key: str) -> Said:
        """What the merchant's server answers to its page."""
        what, payment_id = (*path.strip("/").split("/"), "")[:2]
        self.requests.append((what, body, key))
        if what == "create":
            return self.api("POST", "/payments", self.order | body, key)
        if what == "read":
            return self.api("GET", f"/payments/{payment_id}", None, "")
        return self.api("POST", f"/payments/{payment_id}/{what}", body, key)


@contextmanager
def checkout(page: Page, api: Api, account: str, stripe: str) -> Iterator[Checkout]:
    """The merchant's page and its server, for as long as the block lasts. `stripe` is the address of
    the stand-in.
    """
    shop = Checkout(page, api, account)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop, stripe)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        shop.origin = f"http://merchant.localhost:{server.server_port}"
        yield shop
        server.shutdown()


def _handler(shop: Checkout, stripe: str) -> type[BaseHTTPRequestHandler]:
    one_at_a_time = Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/client"):
                script = (CLIENT / self.path.lstrip("/")).read_bytes()
                self._send(200, "text/javascript", script)
            else:
                self._send(200, "text/html", PAGE.replace("{stripe}", stripe).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with one_at_a_time:
                said = shop.answer(self.path, body, self.headers.get("Idempotency-Key", ""))
            if shop.loses:
                shop.loses -= 1
                self.close_connection = True
                return
            again = said.headers.get("retry-after")
            self._send(said.status, said.headers["content-type"], said.text.encode(), again)

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
