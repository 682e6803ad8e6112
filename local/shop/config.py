"""The settings of the shop."""

from dataclasses import dataclass
from pathlib import Path

SUBJECT = "demo-shop-server"
"""The subject of the token that the shop's server calls with: its "client id"."""
STRIPE_JS = "https://js.stripe.com"
"""Where Stripe serves Stripe.js, which may be served from nowhere else."""


@dataclass(frozen=True)
class ShopConfig:
    """`origin` is the shop's, `relying_party` that of Countersign; `state_file` keeps the shop's
    account. `stand_in` is the path of the stand-in for Stripe on the relying party, through which
    the shop can connect itself, and have cards made. Without one, a person connects it. `stripe_js`
    is where Stripe.js comes from.
    """

    origin: str
    relying_party: str
    state_file: Path
    stand_in: str | None
    stripe_js: str = STRIPE_JS
