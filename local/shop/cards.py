"""The cards that one can pay with here.

A page gets its card from Stripe.js, which hands the shop nothing but an id. On one machine nobody
has a wallet, and nobody wants to type: so the shop's server makes the same ids at the stand-in,
as Stripe.js, Google Pay and Apple Pay would have handed them over.
"""

import secrets
from dataclasses import dataclass

from local.shop.relying_party import Json, RelyingParty, RelyingPartyError

TEST_CARDS: dict[str, tuple[str, Json]] = {
    "plain": ("pm_card_us", {"brand": "visa", "last4": "4242", "country": "US"}),
    "european": (
        "pm_card_threeDSecure2Required",
        {"brand": "visa", "last4": "3220", "country": "FR", "plays": "challenge"},
    ),
    "prepaid": (
        "pm_card_mastercard_prepaid",
        {
            "brand": "mastercard",
            "last4": "5100",
            "country": "US",
            "funding": "prepaid",
            "plays": "challenge",
        },
    ),
    "refused": (
        "pm_card_visa_chargeDeclined",
        {"brand": "visa", "last4": "0002", "country": "US"},
    ),
}
"""The test cards: Stripe's own id of one, and what the stand-in makes it from."""
SAVED_CARD: Json = {"brand": "mastercard", "last4": "4444", "country": "US"}
"""What a customer has saved who signed in at the shop."""
WALLET_CARDS: dict[str, Json] = {
    "google_pay": {
        "brand": "visa",
        "last4": "4242",
        "country": "FR",
        "wallet": {"type": "google_pay", "dynamic_last4": "1114"},
    },
    "apple_pay": {
        "brand": "mastercard",
        "last4": "4444",
        "country": "FR",
        "wallet": {"type": "apple_pay", "dynamic_last4": "2227"},
    },
}
"""A device's own number for a card: that is what both wallets hand over from a telephone."""


@dataclass(frozen=True)
class SavedCard:
    """A card that a customer has saved, by Stripe's ids of both on the shop's account."""

    account_id: str
    customer_id: str
    card: str


@dataclass
class CardMaker:
    """Gives a card that was chosen its id at Stripe, on the shop's account, in the form in which
    `POST /payments` takes it. Its methods raise `RelyingPartyError`.
    """

    relying_party: RelyingParty

    async def test_card(self, account_id: str, name: object) -> Json:
        """Return a test card; 422 for one that is not known."""
        if not isinstance(name, str) or name not in TEST_CARDS:
            raise RelyingPartyError(422, "invalid_card")
        id_at_stripe, described = TEST_CARDS[name]
        if self.relying_party.config.stand_in is None:
            return {"payment_method": id_at_stripe}
        made = await self._make("_payment_methods", account_id, described)
        return {"payment_method": made["id"]}

    async def wallet_card(self, account_id: str, name: object) -> Json:
        """Return a card of a wallet's, as a confirmation token; 422 for an unknown wallet."""
        if not isinstance(name, str) or name not in WALLET_CARDS:
            raise RelyingPartyError(422, "invalid_card")
        made = await self._make("_confirmation_tokens", account_id, WALLET_CARDS[name])
        return {"confirmation_token": made["id"]}

    async def save(self, account_id: str) -> SavedCard:
        """Return the card that a new customer of the account has saved."""
        customer_id = f"cus_{secrets.token_hex(7)}"
        made = await self._make("_payment_methods", account_id, SAVED_CARD, customer=customer_id)
        return SavedCard(account_id, customer_id, str(made["id"]))

    async def _make(self, control: str, account_id: str, card: Json, **more: str) -> Json:
        stand_in = self.relying_party.config.stand_in
        if stand_in is None:
            raise RelyingPartyError(409, "stand_in_missing")
        body = {"account": account_id, "card": card, **more}
        made = await self.relying_party.send("POST", f"{stand_in}/{control}", json=body)
        found: Json = made.json()
        return found
