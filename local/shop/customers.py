"""The customers who are signed in at the shop, and the tickets that the business's server gets for
them. A shop of the business itself knows its customers by the subjects of its issuer's tokens; to
play that, anybody signs in here under any name.
"""

import secrets
import time
from dataclasses import dataclass, field

from local.issuer.tokens import subject
from local.shop.cards import CardMaker, SavedCard
from local.shop.connection import Connection
from local.shop.relying_party import RelyingParty

BUSINESS = "demo-business-server"
"""The subject of the token that the business's server calls with."""
OPERATOR_SCOPE = "countersign/operator"
IDENTIFIED_FOR = 300
"""Seconds for which a sign-in at the shop counts as having identified the person just now."""
LONGEST_NAME = 60
MOST = 500
"""Customers who are remembered; the oldest are forgotten."""


@dataclass
class Customer:
    """Somebody who signed in at the shop at this moment of the monotonic clock."""

    name: str
    since: float
    saved: SavedCard | None = None


@dataclass
class Customers:
    """Those of this run, by their session at the shop."""

    relying_party: RelyingParty
    connection: Connection
    _known: dict[str, Customer] = field(default_factory=dict)

    def sign_in(self, name: str) -> str:
        """Return the session of somebody who signs in now."""
        while len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        session = secrets.token_urlsafe(16)
        self._known[session] = Customer(name, time.monotonic())
        return session

    def sign_out(self, session: str) -> None:
        """Forget a session."""
        self._known.pop(session, None)

    def find(self, session: str) -> Customer | None:
        """Return who is signed in."""
        return self._known.get(session)

    async def saved_card(self, customer: Customer, account_id: str, cards: CardMaker) -> SavedCard:
        """Return the card that a customer has saved: at the first use it is made up. Raises
        `RelyingPartyError`.
        """
        if customer.saved is None or customer.saved.account_id != account_id:
            customer.saved = await cards.save(account_id)
        return customer.saved

    async def ticket(self, session: str) -> str | None:
        """Return a ticket with which a customer who is signed in sets up a device in a frame of the
        shop's page; `None` for anybody else, who signs in to their wallet. Raises
        `RelyingPartyError`.
        """
        customer = self.find(session)
        if customer is None:
            return None
        body = {
            "account_id": self.connection.account_id,
            "user_id": subject(customer.name),
            "identified": time.monotonic() - customer.since < IDENTIFIED_FOR,
        }
        business = await self.relying_party.token(BUSINESS, OPERATOR_SCOPE)
        path = "/spc-registration-tickets"
        made = await self.relying_party.call_as(business, "POST", path, json=body)
        return str(made["ticket"])
