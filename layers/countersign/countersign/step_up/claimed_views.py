"""A payment as it would be with what is claimed of it, in every combination: nothing that a browser
or a caller says, or leaves out, may lower what is required. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from countersign.step_up.claims import Claims
from countersign.step_up.rules.payment import Payment


def claimed_views(known: Payment, claims: Claims, told_country: str | None) -> Iterator[Payment]:
    """Yield the payment with what is claimed of it, in every combination but none."""
    is_blank = known.evidence == "none" and claims.is_about_card
    claimed: Mapping[str, Any] = {
        "wallet": claims.wallet,
        "network": claims.network,
        "funding": claims.funding,
        "assurance": "partial" if claims.lacks_assurance else None,
        "evidence": "claimed" if is_blank else None,
    }
    choices = {name: _either(getattr(known, name), value) for name, value in claimed.items()}
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


def _either(known: Any, claimed: Any) -> list[Any]:
    """Return both values, where something else is claimed than what is known."""
    return [known] if claimed in (None, known) else [known, claimed]


def contradict(claims: Claims, known: Payment, networks: frozenset[str]) -> bool:
    """Whether the browser claims another wallet, network or funding than what is known. It may name
    either network of a card with two.
    """
    if claims.wallet not in (None, known.wallet):
        return True
    pairs = ((claims.network, {known.network, *networks}), (claims.funding, {known.funding}))
    return any(claimed and None not in seen and claimed not in seen for claimed, seen in pairs)
