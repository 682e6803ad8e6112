"""Find the first of many rules that a payment satisfies, in time that hardly depends on their
number. Pure.

The rules that accept a value are kept as one integer with a bit for each rule, the highest for the
first. The rules that accept a whole payment are the bits that the integers of all its values share.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

from countersign.step_up.rules.conditions import Value, When, value_of
from countersign.step_up.rules.payment import Payment

Bits = int
_Ranges = tuple[list[int], list[Bits]]
"""The amounts at which the accepting rules change; the rules below the first, and from each on."""


class Index:
    """An index of the rules' conditions, in their order, built once."""

    def __init__(self, rules: Sequence[When]) -> None:
        names = dict.fromkeys(name for rule in rules for name in rule.words)
        upwards = rules[::-1]
        self._count = len(rules)
        self._words = [(value_of(name), *_by_word(upwards, name)) for name in names]
        self._any_amount = _accepting_any_amount(upwards)
        self._ranges = _by_amount(upwards, self._any_amount)

    def first(self, payment: Payment) -> int | None:
        """Return the number of the first rule whose conditions all hold, from 0."""
        left = self._accepting_amount(payment)
        for value, listed, other in self._words:
            if not left:
                return None
            left &= listed.get(value(payment), other)
        return self._count - left.bit_length() if left else None

    def _accepting_amount(self, payment: Payment) -> Bits:
        ranges = self._ranges.get(payment.currency)
        if ranges is None:
            return self._any_amount
        changes, accepting = ranges
        return accepting[bisect_right(changes, payment.amount)]


def _by_word(rules: Sequence[When], name: str) -> tuple[dict[Value, Bits], Bits]:
    """Return the rules that accept each value listed anywhere, and those that accept any other."""
    other, turned = 0, defaultdict[Value, Bits](int)
    for number, rule in enumerate(rules):
        words = rule.words.get(name)
        if words is None or words.excluded:
            other |= 1 << number
        # For a value that it lists, a rule says the opposite of what it says for all others.
        for value in words.values if words else ():
            turned[value] |= 1 << number
    return {value: other ^ bits for value, bits in turned.items()}, other


def _by_amount(rules: Sequence[When], any_amount: Bits) -> dict[str, _Ranges]:
    turned = defaultdict[str, dict[int, Bits]](lambda: defaultdict(int))
    for number, rule in enumerate(rules):
        for currency, (first, last) in (rule.amounts or {}).items():
            turned[currency][first] ^= 1 << number
            turned[currency][last + 1] ^= 1 << number
    return {currency: _swept(points, any_amount) for currency, points in turned.items()}


def _swept(turned: Mapping[int, Bits], start: Bits) -> _Ranges:
    changes, accepting = sorted(turned), [start]
    for change in changes:
        accepting.append(accepting[-1] ^ turned[change])
    return changes, accepting


def _accepting_any_amount(rules: Sequence[When]) -> Bits:
    return sum(1 << number for number, rule in enumerate(rules) if rule.amounts is None)
