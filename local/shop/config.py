"""What the shop is told when it starts."""

from dataclasses import dataclass
from pathlib import Path

SUBJECT = "demo-shop-server"
"""The subject of the token that the shop's server calls with: its "client id"."""


@dataclass(frozen=True)
class ShopConfig:
    """`origin` is the shop's own, `relying_party` where Countersign is, `state_file` keeps which
    account the shop is. `stand_in` is the path there of the stand-in for Stripe, with whose help
    the shop can connect itself; without one, a person connects it.
    """

    origin: str
    relying_party: str
    state_file: Path
    stand_in: str | None
