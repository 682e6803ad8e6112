"""The owner of a wallet. Their passkey is in the browser and in software too: Chromium on Linux binds no
keys, so the software answers in place of a browser that does.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import load_der_private_key
from playwright.sync_api import CDPSession, Locator, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.payments import plug_in
from tests.support.authenticator import Passkey, SigningKey, b64, unb64
from tests.support.chromium import Browser, write
from tests.support.spc_service import Shop

Json = dict[str, Any]
TOKEN = "JSON.parse(sessionStorage.getItem('countersign.session')).token"
REQUEST, TRUST = "**/approval-request", "**/browser-keys/*/trust"
LEAP = 10
"""By which one device's counter overtakes the other's."""


@dataclass
class Owner:
    """Somebody in their wallet."""

    visitor: Visitor
    cdp: CDPSession
    shop: Shop
    device: Json
    passkey: Passkey
    headers: dict[str, str]
    handle: str
    trusted: SigningKey = field(default_factory=SigningKey.new)

    @classmethod
    def at_home(cls, visitor: Visitor, shop: Shop) -> "Owner":
        cdp, authenticator = plug_in(visitor.page)
        visitor.open_signed_in("/wallet")
        visitor.page.locator("#register").click()
        visitor.sees("registered")
        device = {"authenticatorId": authenticator}
        (made,) = cdp.send("WebAuthn.getCredentials", device)["credentials"]
        private: Any = load_der_private_key(base64.b64decode(made["privateKey"]), None)
        passkey = Passkey(
            made["rpId"],
            base64.b64decode(made["userHandle"]),
            SigningKey(private),
            base64.b64decode(made["credentialId"]),
            sign_count=made["signCount"],
        )
        headers = {"Authorization": f"Bearer {visitor.page.evaluate(TOKEN)}"}
        body = {"account_id": shop.merchant.account}
        told = shop.service.http.post("/spc-payers", headers=headers, json=body).json()
        return cls(
            visitor, cdp, shop, device | {"credential": made}, passkey, headers, told["payer"]
        )

    def pay_in(self, browser_key: SigningKey) -> str:
        """Confirm a payment in a browser with this key; returns its id in the wallet. Chromium has
        the passkey too, and whichever of the two answers next has the higher counter.
        """
        before = self.browsers()
        self.passkey.sign_count += LEAP
        body = self.answer(self.shop.ask(self.handle).json(), self.shop.origin, browser_key)
        answer = self.shop.service.http.post("/spc-auth-response", json=body)
        assert answer.status_code == 200, answer.text
        (new,) = set(self.browsers()) - set(before)
        made, device = self.device["credential"], self.device["authenticatorId"]
        ahead = made | {"signCount": self.passkey.sign_count + 1}
        old = {"authenticatorId": device, "credentialId": made["credentialId"]}
        self.cdp.send("WebAuthn.removeCredential", old)
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": ahead})
        return new

    def answer(self, told: Json, origin: str, browser_key: SigningKey) -> Json:
        """What a page of this origin sends of the software authenticator."""
        browser = Browser(origin, browser_key=browser_key)
        client_data = write(browser.payment(told["request"], told["total"]))
        return {
            "ceremony_id": told["ceremony_id"],
            "credential": self.passkey.answer(client_data),
            "browser_bound_signature": browser.bound_signature(client_data),
        }

    def trust(self, key_id: str) -> httpx.Response:
        """Trust a browser on the sign-in alone."""
        return self.shop.service.http.post(f"{self.path(key_id)}/trust", headers=self.headers)

    def remove(self, key_id: str) -> None:
        removed = self.shop.service.http.delete(self.path(key_id), headers=self.headers)
        assert removed.status_code == 204

    def path(self, key_id: str) -> str:
        return f"/spc-credentials/{b64(self.passkey.id)}/browser-keys/{key_id}"

    def browsers(self) -> dict[str, str]:
        """The status of each browser."""
        answer = self.shop.service.http.get("/spc-credentials", headers=self.headers).json()
        (credential,) = answer["data"]
        return {key["id"]: key["status"] for key in credential["browser_keys"]}

    def look(self, mode: str = "autoAccept") -> Locator:
        """What the wallet shows of browsers that wait."""
        self.visitor.open("/wallet")
        self.visitor.sees("ready")
        self.cdp.send("Page.setSPCTransactionMode", {"mode": mode})
        waiting = self.visitor.page.locator(".browser[data-status=pending]")
        expect(waiting).to_have_count(1)
        return waiting

    def note(self, text: str) -> None:
        expect(self.visitor.page.locator("#devices-note")).to_contain_text(text)

    def stands_in(self) -> None:
        """From now on the trusted browser's answers are sent instead of Chromium's."""
        told: Json = {}
        self.passkey.sign_count += LEAP

        def ask(route: Route) -> None:
            answer = route.fetch()
            told.update(answer.json())
            route.fulfill(response=answer)

        def give(route: Route) -> None:
            sent = json.loads(route.request.post_data or "{}")
            data = json.loads(unb64(sent["credential"]["response"]["clientDataJSON"]))
            assert data["payment"]["instrument"]["displayName"].startswith("Trust the browser")
            assert data["payment"]["total"] == {"value": "0.00", "currency": "USD"}
            body = self.answer(told, self.shop.service.url, self.trusted)
            route.continue_(post_data=json.dumps(body))

        self.visitor.page.route(REQUEST, ask)
        self.visitor.page.route(TRUST, give)
