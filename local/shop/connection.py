"""Which Stripe account the shop is, and how it gets connected."""

import json
import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from local.shop.boxes import CURRENCY
from local.shop.config import SUBJECT
from local.shop.relying_party import Json, RelyingParty, RelyingPartyError

NAME = "Boulangerie Tanaka"
"""What payers are shown."""
COUNTRY = "FR"
"""Where authentication is expected of European cards, and of others not."""
OWNER = "demo-shop-owner"
"""The person who holds the account that the shop connects for itself."""
BINDING = "__Host-countersign-install"

_ACCOUNT = re.compile(r"acct_[A-Za-z0-9_]{1,64}")


@dataclass
class Connection:
    """The account of the shop, kept in a file."""

    relying_party: RelyingParty

    @property
    def account_id(self) -> str | None:
        """The account, once the shop is connected."""
        file = self.relying_party.config.state_file
        return str(json.loads(file.read_text())["account_id"]) if file.exists() else None

    async def use(self, account_id: str) -> None:
        """Be this account from now on; raises `RelyingPartyError` if we may not act for it."""
        if not _ACCOUNT.fullmatch(account_id):
            raise RelyingPartyError(422, "invalid_account")
        await self.relying_party.call("GET", f"/installations/{account_id}/account")
        self._keep(account_id)

    def forget(self) -> None:
        """Be no account any more."""
        self.relying_party.config.state_file.unlink(missing_ok=True)

    async def set_up(self) -> None:
        """All that a merchant does, at the stand-in and with its owner's token: a new account, the
        app installed on it, and the settings. Raises `RelyingPartyError`.
        """
        owner = await self.relying_party.token(OWNER)
        account_id = await self._install(owner)
        settings = {
            "payee_name": NAME,
            "checkout_origins": [self.relying_party.config.origin],
            "clients": [SUBJECT],
        }
        path = f"/installations/{account_id}"
        await self.relying_party.call_as(owner, "PATCH", path, json=settings)
        await self.use(account_id)

    async def _install(self, owner: str) -> str:
        """Through an install link, as a browser would go."""
        opened = {"name": NAME, "country": COUNTRY, "currency": CURRENCY}
        account = await self._at_stripe("/_accounts", opened)
        bearer = {"authorization": f"Bearer {owner}"}
        link = await self.relying_party.send("POST", "/install-links", headers=bearer)
        state = parse_qs(urlsplit(link.json()["url"]).query)["state"][0]
        order = {"account": account["id"], "state": state}
        back = urlsplit((await self._at_stripe("/_install", order))["redirect"])
        # The cookie is marked Secure, so no client would send it over http by itself.
        kept = {"cookie": f"{BINDING}={link.cookies[BINDING]}"} if BINDING in link.cookies else {}
        answer = await self.relying_party.send("GET", f"{back.path}?{back.query}", headers=kept)
        await self._confirm(owner, account["id"], answer.headers["location"])
        return str(account["id"])

    async def _confirm(self, owner: str, account_id: str, location: str) -> None:
        """Where install links are not bound to a browser, its owner's token finishes it."""
        fragment = parse_qs(urlsplit(location).fragment)
        if "confirmation" in fragment:
            body = {"confirmation": fragment["confirmation"][0]}
            path = f"/installations/{account_id}/confirm"
            await self.relying_party.call_as(owner, "POST", path, json=body)

    async def _at_stripe(self, path: str, body: Json) -> Json:
        stand_in = self.relying_party.config.stand_in or ""
        found: Json = (await self.relying_party.send("POST", stand_in + path, json=body)).json()
        return found

    def _keep(self, account_id: str) -> None:
        file = self.relying_party.config.state_file
        aside = file.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps({"account_id": account_id}))
        aside.replace(file)
