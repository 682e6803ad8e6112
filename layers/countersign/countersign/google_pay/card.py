"""The card of an opened token: what may be shown of it, and what may not
(docs/decisions.md#a-card-number-has-one-way-out). Pure.
"""

import re
from typing import NoReturn

from msgspec import Struct

_NETWORKS = (
    ("visa", r"4"),
    ("mastercard", r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"),
    ("amex", r"3[47]"),
    ("discover", r"6011|64[4-9]|65"),
    ("jcb", r"352[89]|35[3-8]"),
    ("diners", r"3(0[0-5]|095|[689])"),
    ("unionpay", r"62"),
)
"""Issuer identification numbers (ISO/IEC 7812) of the networks, by Stripe's names for them."""


class CardFacts(Struct, frozen=True):
    """What a payment is held to: the network that the number belongs to, by Stripe's name (one of
    two for a card with two networks), the last four digits of the number in the token (a device's
    own for `CRYPTOGRAM_3DS`), and its expiry.
    """

    network: str | None
    last4: str
    exp_month: int
    exp_year: int


class CardSecret:
    """A PAN and its cryptogram, which never leave this object by accident: it cannot be printed,
    compared, copied, pickled or turned into JSON. `reveal` is the only way out.
    """

    __slots__ = ("__cryptogram", "__pan")

    def __init__(self, pan: str, cryptogram: str | None) -> None:
        self.__pan = pan
        self.__cryptogram = cryptogram

    def reveal(self) -> tuple[str, str | None]:
        """Return the PAN and the cryptogram, to authorize the payment and for nothing else."""
        return self.__pan, self.__cryptogram

    def facts(self, exp_month: int, exp_year: int) -> CardFacts:
        """Return what may be shown of the card."""
        return CardFacts(_network(self.__pan), self.__pan[-4:], exp_month, exp_year)

    def __repr__(self) -> str:
        return "CardSecret(…)"

    def __eq__(self, other: object) -> bool:
        raise TypeError("a card's secret is not compared")

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> NoReturn:
        raise TypeError("a card's secret is neither copied nor serialized")


def _network(pan: str) -> str | None:
    return next((name for name, prefix in _NETWORKS if re.match(prefix, pan)), None)
