"""A payment as it would be with what is claimed of it, in every combination: nothing that a browser
or a caller says, or leaves out, may lower what is required. Pure.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from msgspec.structs import replace

from countersign.step_up.claims import Claims
from countersign.step_up.order import StatedCard
from countersign.step_up.rules.payment import Payment


def claimed_views(
    known: Payment, claims: Claims, stated: StatedCard, told_country: str | None
) -> Iterator[Payment]:
    """Yield the payment with what the browser claims and the merchant's server states of it, in
    every combination but none. What is stated of a card that is known otherwise is a claim, too.
    """
    is_blank = known.evidence == "none" and claims.is_about_card
    claimed: Mapping[str, tuple[Any, ...]] = {
        "wallet": (claims.wallet,),
        "network": (stated.network, claims.network),
        "funding": (stated.funding, claims.funding),
        "assurance": ("partial" if claims.lacks_assurance else None,),
        "evidence": ("claimed" if is_blank else None,),
    }
    choices = {name: _either(getattr(known, name), *values) for name, values in claimed.items()}
    # What the browser says in all, of an account that is where Stripe has it, comes last.
    countries = _either(known.acquirer_country, told_country)[::-1]
    for country, *values in product(countries, *choices.values()):
        said = dict(zip(choices, values, strict=True))
        view = replace(known, acquirer_country=country, **said)
        # What is known by nobody is not mixed with what the browser claims.
        is_mixed = view.evidence == "none" and not _is_same_card(view, known)
        if view != known and not is_mixed:
            yield view


def _is_same_card(one: Payment, other: Payment) -> bool:
    names = ("network", "funding", "assurance")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _either(known: Any, *claimed: Any) -> list[Any]:
    """Return what is known and all else that is claimed, each once."""
    return list(dict.fromkeys([known, *(value for value in claimed if value is not None)]))


def contradict(
    claims: Claims, stated: StatedCard, known: Payment, networks: frozenset[str]
) -> bool:
    """Whether another wallet, network or funding is claimed than what is known. Either network of a
    card with two may be named.
    """
    if claims.wallet not in (None, known.wallet):
        return True
    pairs = [
        pair
        for said in (claims, stated)
        for pair in (
            (said.network, {known.network, *networks}),
            (said.funding, {known.funding}),
        )
    ]
    return any(claimed and None not in seen and claimed not in seen for claimed, seen in pairs)
