"""A sealed token of Google Pay's, decided on without a payment.

A merchant that has Google Pay through Stripe never holds one: Stripe opens it. It is for who has a
PCI scope of their own and asks Google to seal to a key of theirs. Opened by Countersign, it proves
that Google has authenticated the cardholder; it is no card that could be charged here.
"""

from dataclasses import dataclass

from local.shop.boxes import CURRENCY, Box
from local.shop.connection import Connection
from local.shop.relying_party import Json, RelyingParty

_ORDER: Json = {
    "auth_method": "CRYPTOGRAM_3DS",
    "card_holder_authenticated": True,
    "account_verified": True,
}


@dataclass
class SealedTokens:
    """Tokens that the stand-in for Google seals, and what is decided on them."""

    relying_party: RelyingParty
    connection: Connection

    async def decide(self, box: Box) -> Json:
        """Return the decision on a fresh token for this box. Raises `RelyingPartyError`."""
        sealed = await self.relying_party.send("POST", "/_local/google-pay/token", json=_ORDER)
        body = {
            "account_id": self.connection.account_id,
            "amount": box.amount,
            "currency": CURRENCY,
            "google_pay": {"payment_data": sealed.json()["payment_data"]},
        }
        decision: Json = await self.relying_party.call("POST", "/step-up-decisions", json=body)
        return decision
