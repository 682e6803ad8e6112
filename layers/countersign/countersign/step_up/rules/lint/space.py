"""The payments that some rules can distinguish, and which of them each rule is about. Pure.

For each condition of any rule, the values that no rule distinguishes count as one: all that is
listed nowhere is one value, and so are the amounts between two that rules name. So there are only
finitely many, and a rule is a box of them.
"""

from collections.abc import Sequence

from countersign.formats.money import largest_amount, smallest_amount
from countersign.step_up.rules.conditions import Value, When, Words, all_values
from countersign.step_up.rules.lint.boxes import Bits, Box
from countersign.step_up.rules.lint.words import Range, describe_amounts, describe_words


class _Words:
    """A condition that lists words. Values listed nowhere share the bit above all others."""

    def __init__(self, name: str, rules: Sequence[When]) -> None:
        self._name = name
        listed = {
            value for rule in rules if name in rule.words for value in rule.words[name].values
        }
        universe = all_values(name)
        self._values: list[Value] = list(universe or sorted(listed, key=str))
        self.other: Bits = 0 if universe else 1 << len(self._values)
        self.full: Bits = (1 << len(self._values)) - 1 | self.other

    def bits(self, rule: When) -> Bits:
        words = rule.words.get(self._name)
        if words is None:
            return self.full
        bits = sum(1 << at for at, value in enumerate(self._values) if value in words)
        return bits | (self.other if words.excluded else 0)

    def describe(self, bits: Bits) -> str:
        is_open = bool(bits & self.other)
        shown = self.full & ~bits if is_open else bits
        values = (value for at, value in enumerate(self._values) if shown >> at & 1)
        return describe_words(self._name, Words(frozenset(values), excluded=is_open))


class _Amounts:
    """The amount in every currency that is named, cut where a rule begins or ends."""

    def __init__(self, rules: Sequence[When]) -> None:
        starts: dict[str, set[int]] = {}
        for rule in rules:
            for currency, (first, last) in (rule.amounts or {}).items():
                step = smallest_amount(currency)
                starts.setdefault(currency, {step}).update({first, last + step})
        self._ranges = [cut for currency in starts for cut in _cut(currency, starts[currency])]
        self.other: Bits = 1 << len(self._ranges)
        self.full: Bits = self.other * 2 - 1

    def bits(self, rule: When) -> Bits:
        if rule.amounts is None:
            return self.full
        bits = 0
        for at, (currency, first, last) in enumerate(self._ranges):
            lowest, highest = rule.amounts.get(currency, (1, 0))
            bits |= (lowest <= first and last <= highest) << at
        return bits

    def describe(self, bits: Bits) -> str:
        is_open = bool(bits & self.other)
        shown = self.full & ~bits if is_open else bits
        ranges = [cut for at, cut in enumerate(self._ranges) if shown >> at & 1]
        return describe_amounts(ranges, excluded=is_open)


class Space:
    """The payments that these rules distinguish."""

    def __init__(self, rules: Sequence[When]) -> None:
        names = dict.fromkeys(name for rule in rules for name in rule.words)
        self._axes: list[_Words | _Amounts] = [_Words(name, rules) for name in names]
        self._axes.append(_Amounts(rules))

    def box(self, rule: When) -> Box:
        """Return the payments that a rule is about."""
        return tuple(axis.bits(rule) for axis in self._axes)

    def describe(self, box: Box) -> str:
        """Describe the payments of a box."""
        pairs = zip(self._axes, box, strict=True)
        found = [axis.describe(bits) for axis, bits in pairs if bits != axis.full]
        return ", ".join(one for one in found if one) or "nothing special"


def _cut(currency: str, starts: set[int]) -> list[Range]:
    largest, step = largest_amount(currency), smallest_amount(currency)
    cuts = sorted(start for start in starts if start <= largest)
    ends = [*(start - step for start in cuts[1:]), largest]
    return [(currency, first, last) for first, last in zip(cuts, ends, strict=True)]
