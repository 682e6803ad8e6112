"""A payer and a shop in front of the running service, with a software authenticator between them."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.authenticator import Passkey, SigningKey, unb64
from tests.support.chromium import Browser, write
from tests.support.merchants import Merchant
from tests.support.service import Service, new_user

ICON = "data:image/png;base64,iVBORw0KGgo="
MERCHANT = "countersign/merchant"
OPERATOR = "countersign/operator"
Json = dict[str, Any]


@dataclass
class Shop:
    """A connected merchant, its page's origin, and the token of its server."""

    service: Service
    merchant: Merchant
    origin: str = "https://shop.example"
    server: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, service: Service) -> "Shop":
        merchant, client = Merchant(service), new_user("shop")
        assert merchant.connect().status_code == 303
        shop = cls(service, merchant, server=service.as_user(client, MERCHANT))
        members = {
            "payee_name": "Morning Crumb",
            "checkout_origins": [shop.origin],
            "clients": [client],
        }
        path = f"/installations/{merchant.account}"
        answer = service.http.patch(path, headers=merchant.headers, json=members)
        assert answer.status_code == 200, answer.text
        return shop

    def ask(self, payer: str, **changes: Any) -> httpx.Response:
        """Ask for a confirmation of 10.99 EUR, or of what is changed."""
        order = {
            "payer": payer,
            "account_id": self.merchant.account,
            "amount": 1099,
            "currency": "eur",
            "instrument": {"display_name": "Visa 4242", "icon": ICON},
        }
        return self.service.http.post(
            "/spc-auth-request", headers=self.server, json=order | changes
        )

    def verdict(self, ceremony_id: str) -> Json:
        path = f"/spc-ceremonies/{ceremony_id}"
        return dict(self.service.http.get(path, headers=self.server).json())


def identified_ticket(service: Service, user: str) -> Json:
    """The ticket for a registration of a person whom the business has just identified."""
    headers = service.as_user(new_user("business"), OPERATOR)
    body = {"user_id": user, "identified": True}
    answer = service.http.post("/spc-registration-tickets", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    return {"ticket": answer.json()["ticket"]}


class PayerAtHome:
    """Somebody with a passkey, in a browser that binds what it signs."""

    def __init__(self, service: Service, browser_key: SigningKey | None = None) -> None:
        self.service = service
        self.user = new_user("payer")
        self.headers = service.as_user(self.user)
        self.browser_key = browser_key
        self.passkey: Passkey | None = None

    def register(self) -> httpx.Response:
        """Register a payment credential on the relying party's own page, where nobody has identified
        the person: it is trusted nowhere yet.
        """
        begun = self._post("/spc-register-request", {}).json()
        return self._post("/spc-register-response", self._created(begun))

    def register_identified(self) -> httpx.Response:
        """Register with a ticket of the business's, which has just identified the person: this
        browser is trusted everywhere.
        """
        ticket = identified_ticket(self.service, self.user)
        begun = self._post("/spc-framed-register-request", ticket).json()
        return self._post("/spc-framed-register-response", ticket | self._created(begun))

    def allow(self, shop: Shop) -> str:
        """The handle at a shop."""
        answer = self._post("/spc-payers", {"account_id": shop.merchant.account})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["payer"])

    def answer(self, asked: Json, origin: str, **total: str) -> Json:
        """The body that the browser on the shop's page sends."""
        assert self.passkey is not None
        browser = Browser(origin, browser_key=self.browser_key)
        client_data = write(browser.payment(asked["request"], asked["total"] | total))
        return {
            "ceremony_id": asked["ceremony_id"],
            "credential": self.passkey.answer(client_data),
            "browser_bound_signature": browser.bound_signature(client_data),
        }

    def _created(self, begun: Json) -> Json:
        """What the browser makes of a registration that has begun."""
        options = begun["publicKey"]
        self.passkey = Passkey(options["rp"]["id"], unb64(options["user"]["id"]))
        browser = Browser(self.service.url, browser_key=self.browser_key)
        client_data = write(browser.registration(options))
        return {
            "ceremony_id": begun["ceremony_id"],
            "credential": self.passkey.register(client_data),
            "browser_bound_signature": browser.bound_signature(client_data),
        }

    def _post(self, path: str, body: Json) -> httpx.Response:
        return self.service.http.post(path, headers=self.headers, json=body)
