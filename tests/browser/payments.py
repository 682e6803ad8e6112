"""A payer in front of a shop's page, in a browser with a virtual authenticator, and the shop's server."""

import base64
import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Frame, Page

from local.browser import find_browser
from tests.support.browser import FLAGS
from tests.support.service import ROOT, Service, new_user
from tests.support.spc_service import Shop

CARD = Path(ROOT / "local" / "shop" / "assets" / "card.png")
ICON = f"data:image/png;base64,{base64.b64encode(CARD.read_bytes()).decode()}"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
APPROVAL: dict[str, Any] = {
    "success": True,
    "ceremony_id": "x",
    "credential_id": "x",
    "browser_bound": "trusted",
    "backed_up": False,
    "step_up_required": False,
}
"""An answer as ours is to a confirmation that was accepted."""
# A page without a policy of its own, as any merchant may have.
BLANK = (
    b"""<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"></html>"""
)
KEEP_ENDS = """
window.ends = [];
const complete = globalThis.PaymentResponse?.prototype.complete;
if (complete) PaymentResponse.prototype.complete = function (result) {
  window.ends.push(result);
  return complete.call(this, result);
};"""
"""Keeps how the dialogs of a page were ended."""
CONFIRM = """async ({ base, told }) => {
  const { confirmPayment } = await import(`${base}/client.js`);
  const { request, total, ceremony_id: ceremonyId } = told;
  let optedOut = 0;
  const onOptOut = () => { optedOut += 1; };
  const outcome = await confirmPayment({ request, total, ceremonyId, onOptOut });
  return { ...outcome, ended: window.ends.splice(0), optedOut };
}"""
REGISTER = """async ({ base, token }) => {
  const { registerPaymentCredential } = await import(`${base}/client.js`);
  return registerPaymentCredential({ token });
}"""
FRAME = """async ({ address, allow }) => {
  const frame = document.createElement("iframe");
  frame.allow = allow;
  frame.src = address;
  const loaded = new Promise((resolve) => { frame.onload = resolve; });
  document.body.append(frame);
  await loaded;
}"""

Json = dict[str, Any]


def plug_in(page: Page, **options: bool) -> tuple[CDPSession, str]:
    """Give a page's device an authenticator of its own; returns the session and the id."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    added = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | options})
    return cdp, added["authenticatorId"]


@contextmanager
def sites() -> Iterator[int]:
    """The port of a server of blank pages, for every site there is but the relying party's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(BLANK)))
            self.end_headers()
            self.wfile.write(BLANK)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@dataclass
class Stage:
    """A shop at `port`, and a payer whose own token is `token`; the shop knows them by `handle`."""

    service: Service
    port: int
    page: Page
    cdp: CDPSession
    authenticator: str
    shop: Shop
    token: str
    handle: str = ""
    answers: list[Json] = field(default_factory=list)

    @classmethod
    def set(cls, context: BrowserContext, service: Service, port: int) -> "Stage":
        page = context.new_page()
        page.add_init_script(KEEP_ENDS)
        cdp, authenticator = plug_in(page)
        shop = Shop.open(service)
        token = service.token(new_user("payer"))
        stage = cls(service, port, page, cdp, authenticator, shop, token)
        stage.settings(checkout_origins=[stage.origin, service.url, stage.host("pay")])
        page.on("request", lambda request: stage._note(request.url, request.post_data))
        assert stage.register()["status"] == "registered"
        stage.handle = stage.allow()
        return stage

    @property
    def origin(self) -> str:
        return self.host("merchant")

    def host(self, name: str) -> str:
        """Another origin of this machine."""
        return f"http://{name}.localhost:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """The header that speaks for the payer."""
        return {"Authorization": f"Bearer {self.token}"}

    def settings(self, **members: Any) -> None:
        """Set what payers are shown of the shop, and where its pages are."""
        path, headers = f"/installations/{self.shop.merchant.account}", self.shop.merchant.headers
        answer = self.service.http.patch(path, headers=headers, json=members)
        assert answer.status_code == 200, answer.text

    def open(self, origin: str = "") -> None:
        """A page without a policy, at the shop's or another origin."""
        own = origin == self.service.url
        self.page.goto(f"{origin}/health" if own else f"{origin or self.origin}/")

    def register(self) -> Any:
        """Register a credential of the payer's, on a page of the relying party's origin."""
        self.open(self.service.url)
        return self.page.evaluate(REGISTER, {"base": self.service.url, "token": self.token})

    def allow(self) -> str:
        """The payer's handle at the shop."""
        body = {"account_id": self.shop.merchant.account}
        answer = self.service.http.post("/spc-payers", headers=self.headers, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["payer"])

    def allow_anew(self) -> None:
        """Another handle in the place of the present one, with which nothing went wrong yet."""
        path = f"/spc-payers/{self.shop.merchant.account}"
        assert self.service.http.delete(path, headers=self.headers).status_code == 204
        self.handle = self.allow()

    def ask(self, **changes: Any) -> Json:
        """What the shop's server is given to have the payer confirm 10.99 EUR."""
        shown = {"instrument": {"display_name": "Visa •••• 4242", "icon": ICON}}
        answer = self.shop.ask(self.handle, **shown | changes)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        assert told["available"], told
        return told

    def confirm(self, told: Json, mode: str = "autoAccept", origin: str = "") -> Any:
        """What the page makes of it, at the shop's or another origin."""
        self.open(origin)
        return self.confirm_in(self.page.main_frame, told, mode)

    def confirm_in(self, frame: Frame, told: Json, mode: str = "autoAccept") -> Any:
        """The same in a page, or in a frame of one, that is there already."""
        self.answers.clear()
        self.cdp.send("Page.setSPCTransactionMode", {"mode": mode})
        return frame.evaluate(CONFIRM, {"base": self.service.url, "told": told})

    def frame(self, top: str, inner: str, allow: str = "payment") -> Frame:
        """A frame of one origin in a page of another, which lets it confirm payments."""
        self.open(top)
        self.page.evaluate(FRAME, {"address": f"{inner}/", "allow": allow})
        return self.page.frames[-1]

    @contextmanager
    def elsewhere(self, able: bool = True) -> Iterator["Stage"]:
        """The same payer at the same shop, in another browser, which may know nothing of SPC."""
        this = self.page.context.browser
        assert this is not None
        flags = [flag for flag in FLAGS if able or "SecurePaymentConfirmation" not in flag]
        browser = this.browser_type.launch(executable_path=find_browser(os.environ), args=flags)
        page = browser.new_page()
        page.add_init_script(KEEP_ENDS)
        of = self.shop, self.token, self.handle
        yield Stage(self.service, self.port, page, *plug_in(page), *of)
        browser.close()

    def verdict(self, told: Json) -> Json:
        """What the shop's server learns."""
        return self.shop.verdict(told["ceremony_id"])

    def _note(self, url: str, body: str | None) -> None:
        if url.endswith("/spc-auth-response") and body:
            self.answers.append({"url": url, "body": body})


def approved(outcome: Json) -> None:
    """The payment is approved and nothing is left to do."""
    assert (outcome["status"], outcome["next"]) == ("authenticated", "ask_server"), outcome


def changed(told: Json, path: str, value: Any) -> Json:
    """What the shop's server was given, with one member changed on the way to the browser; `None`
    removes it.
    """
    altered = copy.deepcopy(told)
    *way, last = path.split(".")
    place: Any = altered
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return altered
