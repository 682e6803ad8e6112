"""Read the values in a rule: each is taken, or its fault is noted. Pure."""

import re
from collections.abc import Callable, Collection
from typing import Any

from countersign.formats.currencies import CURRENCIES
from countersign.formats.money import largest_amount, smallest_amount, why_impossible
from countersign.step_up.rules.conditions import CONDITIONS, Words, all_values, expand_sca
from countersign.step_up.rules.faults import Place
from countersign.step_up.rules.known_words import describe_unknown

LONGEST_KEY = 40
LONGEST_VALUE = 500
"""Characters of Stripe's metadata (https://docs.stripe.com/api/metadata)."""
KEY = re.compile(rf"[^\[\]]{{1,{LONGEST_KEY}}}")


def read_table(
    place: Place, value: Any, known: Collection[str] | None, needed: Collection[str] = ()
) -> dict[str, Any]:
    """Return the members of a table that are known; `None` for `known` takes any name."""
    if not isinstance(value, dict):
        place.note("must be a table")
        return {}
    for name in needed:
        if name not in value:
            place.note(f"must have {name!r}")
    if known is None:
        return value
    for name in value.keys() - set(known):
        (place / name).note(describe_unknown(name, known))
    return {name: value[name] for name in value if name in known}


def read_word(place: Place, value: Any, known: Collection[str]) -> str | None:
    """Return a word that is known."""
    if isinstance(value, str) and value in known:
        return value
    shown = repr(value) if isinstance(value, str) else "what stands here"
    place.note(f"{shown} {describe_unknown(value, known)}")
    return None


def read_flag(place: Place, value: Any) -> Words | None:
    """Return a condition that is true or false."""
    if isinstance(value, bool):
        return Words(frozenset({value}))
    place.note("must be true or false")
    return None


def read_condition(place: Place, value: Any, name: str) -> Words | None:
    """Return a condition that lists words, or with `not` the words that it excludes."""
    known = CONDITIONS[name].words
    words = read_list(place, value, lambda at, entry: read_word(at, entry, known) is not None)
    if words is None:
        return None
    found = Words(expand_sca(words[0]), excluded=words[1])
    universe = all_values(name)
    if universe and not any(value in found for value in universe):
        place.note("can never hold: nothing is left after 'not'")
    return found


def read_metadata(place: Place, value: Any) -> dict[str, Words]:
    """Return the conditions on metadata, by key."""
    members = read_table(place, value, None)
    if isinstance(value, dict) and not value:
        place.note("must name a key, or be left out")
    taken = {}
    for key, entries in members.items():
        if not KEY.fullmatch(key):
            (place / key).note(f"must have 1 to {LONGEST_KEY} characters, none of them [ or ]")
        words = read_list(place / key, entries, _text)
        if words:
            taken[key] = Words(frozenset(words[0]), excluded=words[1])
    return taken


def read_amounts(place: Place, value: Any) -> dict[str, tuple[int, int]]:
    """Return the first and the last amount for each currency."""
    members = read_table(place, value, None)
    if isinstance(value, dict) and not value:
        place.note("must name a currency, or be left out")
    taken = {}
    for currency, limits in members.items():
        at = place / currency
        if read_word(at, currency, CURRENCIES) is None:
            continue
        bounds = read_table(at, limits, ("from", "to"))
        first = _amount(at / "from", bounds.get("from", smallest_amount(currency)), currency)
        last = _amount(at / "to", bounds.get("to", largest_amount(currency)), currency)
        if first is not None and last is not None and first > last:
            at.note(f"can never hold: from {first} is more than to {last}")
        elif first is not None and last is not None:
            taken[currency] = (first, last)
    return taken


def read_list(
    place: Place, value: Any, is_fit: Callable[[Place, Any], bool]
) -> tuple[frozenset[str], bool] | None:
    """Return the entries of a list, and whether they are excluded: `{ not = [...] }`."""
    excluded = isinstance(value, dict)
    entries = read_table(place, value, ("not",), ("not",)).get("not") if excluded else value
    if excluded and entries is None:
        return None
    if not isinstance(entries, list):
        place.note("must be a list, or { not = [...] }")
        return None
    if not entries:
        place.note("must list something, or be left out")
        return None
    # Every entry is read, so that all faults are reported.
    at = place / "not" if excluded else place
    fit = [entry for number, entry in enumerate(entries) if is_fit(at / number, entry)]
    if len(fit) < len(entries):
        return None
    if twice := sorted({entry for entry in fit if fit.count(entry) > 1}):
        place.note(f"names {twice[0]!r} twice")
        return None
    return frozenset(fit), excluded


def _text(place: Place, value: Any) -> bool:
    is_fit = isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE
    if not is_fit:
        place.note(f"must list texts of 1 to {LONGEST_VALUE} characters")
    return is_fit


def _amount(place: Place, value: Any, currency: str) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        place.note("must be a whole number, in the currency's minor unit")
        return None
    if reason := why_impossible(value, currency):
        place.note(f"{value} {reason}")
        return None
    return value
