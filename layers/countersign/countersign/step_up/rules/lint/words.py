"""Conditions in words, for the table of rules and for warnings. Pure."""

from collections.abc import Iterable, Sequence

from countersign.formats.money import decimal_value, largest_amount, smallest_amount
from countersign.step_up.rules.authentication import SCA_COUNTRIES
from countersign.step_up.rules.conditions import FLAGS, SCA, Value, When, Words, all_values

Range = tuple[str, int, int]
"""A currency with a first and a last amount, in its minor unit."""
_ON_SESSION = ("off_session", Words(frozenset({False})))
"""The usual condition, which is left out."""


def describe_when(when: When) -> list[str]:
    """Describe each condition of a rule."""
    found = [describe_words(name, words) for name, words in when.words.items()]
    if when.amounts is not None:
        found.append(
            describe_amounts([(currency, *ends) for currency, ends in when.amounts.items()])
        )
    return [one for one in found if one]


def describe_words(name: str, words: Words) -> str:
    """Describe a condition that lists words."""
    if (name, words) == _ON_SESSION:
        return ""
    values, excluded = words.values, words.excluded
    universe = frozenset(all_values(name) or ())
    if name not in FLAGS and len(values) < len(universe) < 2 * len(values):
        values, excluded = universe - values, True
    return f"{name} {'not ' if excluded else ''}{' or '.join(_grouped(values))}"


def describe_amounts(ranges: Sequence[Range], *, excluded: bool = False) -> str:
    """Describe a condition on the amount; with `excluded`, on what it may not be."""
    return (
        f"amount {'not ' if excluded else ''}{' or '.join(map(_describe_range, _joined(ranges)))}"
    )


def _grouped(values: Iterable[Value]) -> list[str]:
    values = frozenset(values)
    if values >= SCA_COUNTRIES:
        values = (values - SCA_COUNTRIES) | {SCA}
    return sorted(map(_word, values))


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(ranges: Iterable[Range]) -> list[Range]:
    """Join ranges that follow each other."""
    joined: list[Range] = []
    for currency, first, last in sorted(ranges):
        if joined and joined[-1][::2] == (currency, first - smallest_amount(currency)):
            joined[-1] = (currency, joined[-1][1], last)
        else:
            joined.append((currency, first, last))
    return joined


def _describe_range(amounts: Range) -> str:
    currency, first, last = amounts
    is_first, is_last = first == smallest_amount(currency), last == largest_amount(currency)
    low, high = decimal_value(first, currency), decimal_value(last, currency)
    limits = {
        (True, True): "any",
        (True, False): f"up to {high}",
        (False, True): f"from {low}",
        (False, False): low if first == last else f"{low} to {high}",
    }
    return f"{limits[is_first, is_last]} {currency.upper()}"
