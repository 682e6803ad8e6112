"""The owner of a wallet. Their passkey is in the browser and in software too: Chromium on Linux binds no
keys, so the software answers in place of a browser that does.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_private_key
from playwright.sync_api import CDPSession, Locator, Route, expect

from local.issuer.tokens import subject
from tests.browser.conftest import Visitor
from tests.browser.payments import plug_in
from tests.support.authenticator import Passkey, SigningKey, b64, unb64
from tests.support.chromium import Browser, write
from tests.support.spc_service import Shop, identified_ticket

Json = dict[str, Any]
TOKEN = "JSON.parse(sessionStorage.getItem('countersign.session')).token"
REGISTER, REGISTERED = "**/spc-register-request", "**/spc-register-response"
FRAMED, FRAMED_RESPONSE = "/spc-framed-register-request", "/spc-framed-register-response"
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
    trusted: SigningKey

    @classmethod
    def at_home(cls, visitor: Visitor, shop: Shop) -> "Owner":
        """Somebody who was identified when they registered, in a browser that is trusted since."""
        cdp, authenticator = plug_in(visitor.page)
        trusted = SigningKey.new()
        visitor.open_signed_in("/wallet")
        with _identified(visitor, trusted):
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
        owned = device | {"credential": made}
        return cls(visitor, cdp, shop, owned, passkey, headers, told["payer"], trusted)

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


@contextmanager
def _identified(visitor: Visitor, browser_key: SigningKey) -> Iterator[None]:
    """What the wallet's page registers within the block goes by a ticket of the business's, which
    has just identified the visitor, and as from a browser with this key: nobody but that browser
    signs the client data of a registration without attestation.
    """
    http, browser = visitor.service.http, Browser(visitor.service.url, browser_key=browser_key)
    ticket = identified_ticket(visitor.service, subject(visitor.name))
    begun = http.post(FRAMED, json=ticket).json()

    def give(route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        client_data = write(browser.registration(begun["publicKey"]))
        sent["credential"]["response"]["clientDataJSON"] = b64(client_data)
        signature = {"browser_bound_signature": browser.bound_signature(client_data)}
        answer = http.post(FRAMED_RESPONSE, json=sent | ticket | signature)
        route.fulfill(status=answer.status_code, json=answer.json())

    visitor.page.route(REGISTER, lambda route: route.fulfill(json=begun))
    visitor.page.route(REGISTERED, give)
    yield
    visitor.page.unroute(REGISTER)
    visitor.page.unroute(REGISTERED)
