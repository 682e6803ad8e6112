"""Explain a word that is not known to the person who wrote it. Pure."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from countersign.formats.currencies import CURRENCIES
from countersign.step_up.rules.countries import COUNTRIES

_USUAL_NAMES = {"UK": "GB", "EL": "GR"}
"""Usual names of countries that are not their codes."""


def describe_unknown(word: Any, known: Collection[str]) -> str:
    """Say that a word is not known, which was most likely meant, and which are known."""
    meant = _meant(word, known) if isinstance(word, str) else None
    asked = f" (did you mean {meant!r}?)" if meant else ""
    return f"is not known{asked}; known are {_named(known)}"


def _meant(word: str, known: Collection[str]) -> str | None:
    for usual in (_USUAL_NAMES.get(word.upper()), word.zfill(2)):
        if usual in known:
            return usual
    folded = {one.casefold(): one for one in known}
    close = get_close_matches(word.casefold(), folded, n=1)
    return folded[close[0]] if close else None


def _named(known: Collection[str]) -> str:
    if set(known) >= COUNTRIES:
        return "the codes of ISO 3166-1 in upper case (such as FR), 'sca' and 'unknown'"
    if set(known) == CURRENCIES:
        return "the codes of ISO 4217 in lower case (such as eur)"
    if "00" in known:
        return "two digits (such as 05) and 'none'"
    return ", ".join(map(repr, sorted(known)))
