"""What the shop sells: a small payment and one that is not, which the rules tell apart."""

from dataclasses import dataclass

CURRENCY = "eur"


@dataclass(frozen=True)
class Box:
    """A box of the shop's: how many are in it, and its price in cents."""

    pieces: int
    amount: int


BOXES = {"small": Box(12, 2400), "large": Box(60, 12000)}
"""By the word that the page has for it."""
