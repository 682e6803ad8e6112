"""A merchant's server and Google Pay's page, in front of the running service."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.merchants import STAND_IN
from tests.support.spc_service import Shop
from tests.support.step_up_bundle import DECISIONS


@dataclass
class Till:
    """Where a shop gets decisions on its payments."""

    shop: Shop

    @property
    def account(self) -> str:
        return self.shop.merchant.account

    def google_pay(self, **said: Any) -> dict[str, Any]:
        """What Google Pay hands to the shop's page: a device token with both flags true, unless the
        test says otherwise.
        """
        flags = {"card_holder_authenticated": True, "account_verified": True}
        path = "/_local/google-pay/token"
        answer = self.shop.service.http.post(path, json=flags | said)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def decide(self, key: str | None = None, **members: Any) -> httpx.Response:
        """Request a decision on 10.99 EUR, unless the test says otherwise."""
        body = {"account_id": self.account, "amount": 1099, "currency": "eur"} | members
        headers = self.shop.server | ({"Idempotency-Key": key} if key else {})
        return self.shop.service.http.post(DECISIONS, headers=headers, json=body)

    def decided(self, **members: Any) -> dict[str, Any]:
        """The decision."""
        answer = self.decide(**members)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def read(self, path: str = "", **query: str) -> httpx.Response:
        """A decision or the list."""
        url = f"{DECISIONS}{path}"
        return self.shop.service.http.get(url, headers=self.shop.server, params=query)

    def tell(self, decision: dict[str, Any], **members: Any) -> httpx.Response:
        """Report what became of a decision."""
        url = f"{DECISIONS}/{decision['id']}/result"
        return self.shop.service.http.post(url, headers=self.shop.server, json=members)

    def at_stripe(self, kind: str, **members: Any) -> str:
        """The id of a fresh object of the merchant's account at Stripe."""
        body = {"account": self.account} | members
        answer = self.shop.service.http.post(f"{STAND_IN}/_{kind}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])
