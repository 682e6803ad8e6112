"""Conditions in words, for people: as they stand in the table of rules and in warnings. Pure."""

from collections.abc import Iterable, Sequence

from countersign.formats.currencies import largest_amount, smallest_amount
from countersign.formats.money import decimal_value
from countersign.step_up.rules.conditions import FLAGS, SCA, Value, When, Words, all_values
from countersign.step_up.rules.countries import SCA_COUNTRIES

Range = tuple[str, int, int]
"""A currency with a first and a last amount, in its minor unit."""
_ON_SESSION = ("off_session", Words(frozenset({False})))
"""So usual that it is not said."""


def when_in_words(when: When) -> list[str]:
    """Each of the conditions of a rule."""
    found = [words_told(name, words) for name, words in when.words.items()]
    if when.amounts is not None:
        found.append(amounts_told([(currency, *ends) for currency, ends in when.amounts.items()]))
    return [one for one in found if one]


def words_told(name: str, words: Words) -> str:
    """A condition that lists words."""
    if (name, words) == _ON_SESSION:
        return ""
    values, excluded = words.values, words.excluded
    universe = frozenset(all_values(name) or ())
    if name not in FLAGS and len(values) < len(universe) < 2 * len(values):
        values, excluded = universe - values, True
    return f"{name} {'not ' if excluded else ''}{' or '.join(_grouped(values))}"


def amounts_told(ranges: Sequence[Range], *, excluded: bool = False) -> str:
    """A condition on the amount; with `excluded`, on what it may not be."""
    return f"amount {'not ' if excluded else ''}{' or '.join(map(_range_told, _joined(ranges)))}"


def _grouped(values: Iterable[Value]) -> list[str]:
    values = frozenset(values)
    if values >= SCA_COUNTRIES:
        values = (values - SCA_COUNTRIES) | {SCA}
    return sorted(map(_word, values))


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(ranges: Iterable[Range]) -> list[Range]:
    """Ranges that follow on one another, as one."""
    joined: list[Range] = []
    for currency, first, last in sorted(ranges):
        if joined and joined[-1][::2] == (currency, first - smallest_amount(currency)):
            joined[-1] = (currency, joined[-1][1], last)
        else:
            joined.append((currency, first, last))
    return joined


def _range_told(told: Range) -> str:
    currency, first, last = told
    is_first, is_last = first == smallest_amount(currency), last == largest_amount(currency)
    low, high = decimal_value(first, currency), decimal_value(last, currency)
    limits = {
        (True, True): "any",
        (True, False): f"up to {high}",
        (False, True): f"from {low}",
        (False, False): low if first == last else f"{low} to {high}",
    }
    return f"{limits[is_first, is_last]} {currency.upper()}"
