"""Reads the values that stand in a rule: each is taken, or its fault is noted. Pure."""

import re
from collections.abc import Callable, Collection
from typing import Any

from countersign.formats.currencies import (
    CURRENCIES,
    largest_amount,
    smallest_amount,
    why_impossible,
)
from countersign.step_up.rules.conditions import CONDITIONS, Words, all_values, expanded
from countersign.step_up.rules.faults import Place
from countersign.step_up.rules.known_words import not_known

LONGEST_KEY = 40
LONGEST_VALUE = 500
"""Of Stripe's metadata (https://docs.stripe.com/api/metadata)."""
KEY = re.compile(rf"[^\[\]]{{1,{LONGEST_KEY}}}")


def table(
    place: Place, value: Any, known: Collection[str] | None, needed: Collection[str] = ()
) -> dict[str, Any]:
    """The members of a table that are known; `None` for `known` takes any name."""
    if not isinstance(value, dict):
        place.fault("must be a table")
        return {}
    for name in needed:
        if name not in value:
            place.fault(f"must have {name!r}")
    if known is None:
        return value
    for name in value.keys() - set(known):
        (place / name).fault(not_known(name, known))
    return {name: value[name] for name in value if name in known}


def word(place: Place, value: Any, known: Collection[str]) -> str | None:
    """One of the words that are known."""
    if isinstance(value, str) and value in known:
        return value
    shown = repr(value) if isinstance(value, str) else "what stands here"
    place.fault(f"{shown} {not_known(value, known)}")
    return None


def flag(place: Place, value: Any) -> Words | None:
    """A condition that is true or false."""
    if isinstance(value, bool):
        return Words(frozenset({value}))
    place.fault("must be true or false")
    return None


def condition(place: Place, value: Any, name: str) -> Words | None:
    """A condition that lists words, or with `not` those that it is not about."""
    known = CONDITIONS[name].words
    words = listed(place, value, lambda at, entry: word(at, entry, known) is not None)
    if words is None:
        return None
    found = Words(expanded(words[0]), excluded=words[1])
    universe = all_values(name)
    if universe and not any(value in found for value in universe):
        place.fault("can never hold: nothing is left after 'not'")
    return found


def metadata(place: Place, value: Any) -> dict[str, Words]:
    """Conditions on metadata, by key."""
    members = table(place, value, None)
    if isinstance(value, dict) and not value:
        place.fault("must name a key, or be left out")
    taken = {}
    for key, entries in members.items():
        if not KEY.fullmatch(key):
            (place / key).fault(f"must have 1 to {LONGEST_KEY} characters, none of them [ or ]")
        words = listed(place / key, entries, _text)
        if words:
            taken[key] = Words(frozenset(words[0]), excluded=words[1])
    return taken


def amounts(place: Place, value: Any) -> dict[str, tuple[int, int]]:
    """The first and the last amount for each currency."""
    members = table(place, value, None)
    if isinstance(value, dict) and not value:
        place.fault("must name a currency, or be left out")
    taken = {}
    for currency, limits in members.items():
        at = place / currency
        if word(at, currency, CURRENCIES) is None:
            continue
        bounds = table(at, limits, ("from", "to"))
        first = _amount(at / "from", bounds.get("from", smallest_amount(currency)), currency)
        last = _amount(at / "to", bounds.get("to", largest_amount(currency)), currency)
        if first is not None and last is not None and first > last:
            at.fault(f"can never hold: from {first} is more than to {last}")
        elif first is not None and last is not None:
            taken[currency] = (first, last)
    return taken


def listed(
    place: Place, value: Any, is_fit: Callable[[Place, Any], bool]
) -> tuple[frozenset[str], bool] | None:
    """The entries of a list, and whether it is one of what is not meant: `{ not = [...] }`."""
    excluded = isinstance(value, dict)
    entries = table(place, value, ("not",), ("not",)).get("not") if excluded else value
    if excluded and entries is None:
        return None
    if not isinstance(entries, list):
        place.fault("must be a list, or { not = [...] }")
        return None
    if not entries:
        place.fault("must list something, or be left out")
        return None
    # Every entry is looked at, so that all faults are told.
    at = place / "not" if excluded else place
    fit = [entry for number, entry in enumerate(entries) if is_fit(at / number, entry)]
    if len(fit) < len(entries):
        return None
    if twice := sorted({entry for entry in fit if fit.count(entry) > 1}):
        place.fault(f"names {twice[0]!r} twice")
        return None
    return frozenset(fit), excluded


def _text(place: Place, value: Any) -> bool:
    is_fit = isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE
    if not is_fit:
        place.fault(f"must list texts of 1 to {LONGEST_VALUE} characters")
    return is_fit


def _amount(place: Place, value: Any, currency: str) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        place.fault("must be a whole number, in the currency's minor unit")
        return None
    if reason := why_impossible(value, currency):
        place.fault(f"{value} {reason}")
        return None
    return value
