"""The languages of the pages: the choice for a visitor, and the messages."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ja", "fr")
"""BCP 47 tags. The first is the default."""

MESSAGES = Path(__file__).parent / "messages"


def negotiate(accept_language: str) -> str:
    """Return the best language for an `Accept-Language` header (RFC 9110, section 12.5.4).

    `ja-JP` gets `ja`. The first of equal weights wins. Malformed entries are ignored.
    """
    best, best_weight = LANGUAGES[0], 0.0
    for choice in accept_language.split(","):
        tag, _, parameter = choice.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if not name.strip():
        return 1.0
    try:
        weight = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


@cache
def messages(language: str) -> dict[str, str]:
    """Return every message of a language, by key."""
    text = (MESSAGES / f"{language}.json").read_text(encoding="utf-8")
    words: dict[str, str] = json.loads(text)
    return words
