"""The card that a payment is paid with, by what names it at Stripe. Pure."""

from msgspec import Struct

from countersign.formats.records import Item
from countersign.step_up.decided_card import DecidedCard


class NamedCard(Struct, frozen=True):
    """The card that the merchant named last, and what Stripe has of it: either member names it at
    Stripe.
    """

    card: DecidedCard
    payment_method: str | None = None
    confirmation_token: str | None = None

    @property
    def param(self) -> dict[str, str]:
        """The card as a parameter of Stripe's."""
        named = {
            "payment_method": self.payment_method,
            "confirmation_token": self.confirmation_token,
        }
        return {name: value for name, value in named.items() if value is not None}

    @property
    def known_as(self) -> str:
        """What the decisions on it are kept by: Stripe's fingerprint, else its id at Stripe."""
        return self.card.fingerprint or self.payment_method or self.confirmation_token or ""

    def is_same(self, other: "NamedCard") -> bool:
        """Whether both are one card, by Stripe's fingerprint or by its id at Stripe."""
        if self.card.fingerprint and other.card.fingerprint:
            return self.card.fingerprint == other.card.fingerprint
        return bool(self.param) and self.param == other.param

    @classmethod
    def from_item(cls, item: Item) -> "NamedCard":
        """Return a stored card."""
        card = DecidedCard.from_item(item["card"])
        return cls(card, item.get("payment_method"), item.get("confirmation_token"))
