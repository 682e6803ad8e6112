"""The conditions that a rule may set on a payment, and the words that each may list. Pure.

The parser of the rules, their schema and their table are all made from these.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from countersign.step_up.rules.authentication import SCA_COUNTRIES
from countersign.step_up.rules.countries import COUNTRIES
from countersign.step_up.rules.payment import Payment

Value = str | bool | None
"""A payment's value for a condition; `None` when it lacks the metadata that the condition names."""
METADATA = "metadata."
"""The prefix of conditions on metadata, as in `metadata.customer_group`."""
SCA = "sca"
"""The word for the countries whose payments among each other fall under strong customer
authentication.
"""


class Words(Struct, frozen=True):
    """The values that satisfy a condition, or with `excluded` those that do not."""

    values: frozenset[Value]
    excluded: bool = False

    def __contains__(self, value: Value) -> bool:
        return (value in self.values) != self.excluded


class When(Struct, frozen=True):
    """A rule's conditions, all of which must hold. `amounts` gives the first and the last amount
    (minor units) for each currency; without it any amount of any currency is accepted.
    """

    words: Mapping[str, Words] = field(default_factory=dict)
    amounts: Mapping[str, tuple[int, int]] | None = None


class Condition(Struct, frozen=True):
    """A condition that lists `words`; `of` returns a payment's word. A payment may have other words
    than these, as Stripe adds networks and wallets, unless the condition is `closed`.
    """

    words: tuple[str, ...]
    of: Callable[[Payment], str]
    closed: bool = False


_NETWORKS = """
amex cartes_bancaires diners discover eftpos_au electron elo elo_debit girocard interac jcb link
maestro mastercard unionpay visa unknown
"""
"""Stripe's brands in the API, and those that only Google distinguishes."""
_WALLETS = """
amex_express_checkout apple_pay google_pay link masterpass meta_pay samsung_pay visa_checkout none
"""
_COUNTRIES = (*sorted(COUNTRIES), SCA, "unknown")
_FUNDING = ("credit", "debit", "prepaid", "unknown")

CONDITIONS: Mapping[str, Condition] = {
    "evidence": Condition(
        ("signed", "wallet", "gateway", "claimed", "none"),
        lambda payment: payment.evidence,
        closed=True,
    ),
    "auth_method": Condition(
        ("PAN_ONLY", "CRYPTOGRAM_3DS", "unknown"),
        lambda payment: payment.auth_method or "unknown",
        closed=True,
    ),
    "assurance": Condition(
        ("full", "partial", "unknown"),
        lambda payment: payment.assurance or "unknown",
        closed=True,
    ),
    "acquirer_country": Condition(
        _COUNTRIES, lambda payment: payment.acquirer_country or "unknown"
    ),
    "issuer_country": Condition(_COUNTRIES, lambda payment: payment.issuer_country or "unknown"),
    "network": Condition(tuple(_NETWORKS.split()), lambda payment: payment.network or "unknown"),
    "funding": Condition(
        _FUNDING,
        lambda payment: payment.funding if payment.funding in _FUNDING else "unknown",
        closed=True,
    ),
    "wallet": Condition(tuple(_WALLETS.split()), lambda payment: payment.wallet or "none"),
    "eci": Condition(
        (*(f"{indicator:02}" for indicator in range(100)), "none"),
        lambda payment: payment.eci or "none",
    ),
}
FLAGS: Mapping[str, Callable[[Payment], bool]] = {
    "authentication_expected": lambda payment: payment.authentication_expected,
    "first_seen": lambda payment: payment.first_seen,
    "off_session": lambda payment: payment.off_session,
}
NAMES = (*CONDITIONS, *FLAGS, "amount", "metadata")
"""The members that a rule's `when` may have."""


def value_of(name: str) -> Callable[[Payment], Value]:
    """Return the function from a payment to its value for a condition (`metadata.…` for one on
    metadata).
    """
    if name.startswith(METADATA):
        key = name.removeprefix(METADATA)
        return lambda payment: payment.metadata.get(key)
    return FLAGS[name] if name in FLAGS else CONDITIONS[name].of


def all_values(name: str) -> tuple[Value, ...] | None:
    """Return every value that a payment can have for a condition; `None` if others may come."""
    if name in FLAGS:
        return (True, False)
    condition = CONDITIONS.get(name)
    return condition.words if condition and condition.closed else None


def expand_sca(words: frozenset[str]) -> frozenset[Value]:
    """Return the words with `sca` replaced by its countries."""
    return (words - {SCA}) | SCA_COUNTRIES if SCA in words else words
