"""The cards that are paid with at `LedgerStripe`, and its objects of them."""

from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Plays = Literal[
    "plain", "challenge", "always", "declined", "unsupported", "acknowledged", "failing"
]
"""What 3-D Secure and the issuer make of a card: `plain` passes without a challenge, `always` is
challenged unasked, `failing` fails 3-D Secure at once.
"""
RESULTS = {
    "plain": "authenticated",
    "unsupported": "not_supported",
    "acknowledged": "attempt_acknowledged",
}
HOLD = 7 * 24 * 3600


@dataclass(frozen=True)
class PlayedCard:
    """A card with a number of its own; a wallet's shows the last digits of the device's number."""

    last4: str = "4242"
    plays: Plays = "plain"
    funding: str = "credit"
    network: str = "visa"
    country: str = "US"
    wallet: str | None = None
    exp_year: int = 2030
    chosen: str | None = None
    """The network that its payer chose, of a card that has Cartes Bancaires too."""

    @property
    def fingerprint(self) -> str:
        return f"fp_{self.last4}"

    def details(self) -> Json:
        """The card as Stripe shows it."""
        wallet = {"type": self.wallet, "dynamic_last4": f"9{self.last4[1:]}"}
        networks = {"available": ["cartes_bancaires", self.network], "preferred": self.chosen}
        return {
            **{"brand": self.network, "last4": self.last4, "exp_month": 12},
            "exp_year": self.exp_year,
            **{"funding": self.funding, "country": self.country, "fingerprint": self.fingerprint},
            "wallet": wallet if self.wallet else None,
            **({"networks": networks} if self.chosen else {}),
        }

    def played(self, asked: str) -> str | None:
        """What 3-D Secure comes to where this is asked of it; `None` where none is tried."""
        is_tried = self.wallet is None and (asked != "automatic" or self.plays == "always")
        if not is_tried:
            return None
        if self.plays in ("challenge", "always") or (
            asked == "challenge" and self.plays == "plain"
        ):
            return "challenge"
        return "failed" if self.plays == "failing" else RESULTS.get(self.plays, "authenticated")


def charge_of(
    identifier: str, intent: Json, card: PlayedCard, result: str | None, now: int
) -> Json:
    """The charge of an authorization; `challenge` was passed."""
    secure = None
    if result is not None:
        is_challenged = result == "challenge"
        secure = {
            "result": "authenticated" if is_challenged else result,
            "authentication_flow": "challenge" if is_challenged else "frictionless",
        }
    details = card.details() | {
        "network": card.chosen or card.network,
        "three_d_secure": secure,
        "capture_before": now + HOLD,
    }
    return {
        **{"id": identifier, "object": "charge", "created": now, "amount": intent["amount"]},
        **{"amount_captured": 0, "amount_refunded": 0, "disputed": False},
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": "card", "card": details},
    }
