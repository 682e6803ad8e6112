"""Rules that never take effect, and pairs of rules that depend on their order alone. Pure.

Only payments that can exist are considered.

Whether earlier rules together leave nothing to a later one is hard in general (it contains the
satisfiability of a formula), so the work for each rule is bounded. Beyond the bound there is a
warning.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import chain, product

from msgspec.structs import replace

from countersign.step_up.rules.book import Rule
from countersign.step_up.rules.conditions import When
from countersign.step_up.rules.lint.boxes import (
    Box,
    Steps,
    TooMuch,
    contains,
    is_possible,
    meets,
    remainder,
    shared,
)
from countersign.step_up.rules.lint.findings import Finding
from countersign.step_up.rules.lint.possible_payments import KINDS, LEFT_TO_STRIPE, PROCEEDING
from countersign.step_up.rules.lint.space import Space
from countersign.step_up.rules.lint.words import describe_words

MOST_STEPS = 20_000
"""Steps for each rule and question: whether it is reached, which rules keep payments from it, which
it overlaps. A step compares a part of a rule with another rule.
"""
_Boxed = tuple[Rule, Box]


class Coverage:
    """How rules, in their order, cover the payments; `lines` are where they stand."""

    def __init__(
        self, rules: Sequence[Rule], lines: Sequence[int], most_steps: int = MOST_STEPS
    ) -> None:
        self._space = Space(
            [*(rule.when for rule in rules), *chain(*KINDS), *PROCEEDING, *LEFT_TO_STRIPE]
        )
        self._families = [[self._space.box(kind) for kind in kinds] for kinds in KINDS]
        self._proceeding = [self._space.box(when) for when in PROCEEDING]
        self._left_to_stripe = [self._space.box(when) for when in LEFT_TO_STRIPE]
        self._rules: list[_Boxed] = [(rule, self._space.box(rule.when)) for rule in rules]
        self._lines = lines
        self._most_steps = most_steps

    def reach(self) -> tuple[list[Finding], list[Finding]]:
        """Return the rules that can never hold or are never reached, and those for which the bound
        on work left it open.
        """
        unreachable, undecided = list[Finding](), list[Finding]()
        for number, (rule, box) in enumerate(self._rules):
            line = self._lines[number]
            if not self._has_payments(box):
                reason = f"rule {rule.name!r} can never hold: no payment has {self._conflict(rule)}"
                unreachable.append(Finding(line, reason))
                continue
            earlier = [n for n in range(number) if meets(box, self._rules[n][1])]
            try:
                covering = self._covering(box, earlier)
            except TooMuch:
                reason = f"rule {rule.name!r} overlaps too many to tell whether it is ever reached"
                undecided.append(Finding(line, reason))
                continue
            if covering:
                names = " and ".join(map(self._named, covering))
                reason = f"rule {rule.name!r} is never reached: before it, {names} take all of it"
                unreachable.append(Finding(line, reason))
        return unreachable, undecided

    def overlapping(self) -> list[Finding]:
        """Return the pairs of rules that do different things and share payments, where neither
        contains the other: their order alone decides.
        """
        rules = range(len(self._rules))
        return [fault for number in rules for fault in self._overlapping(number)]

    def held_back(self) -> list[Finding]:
        """Return the rules that say proceed where the floor always requires more."""
        return [
            Finding(
                self._lines[number],
                f"rule {rule.name!r} never lets a payment proceed: all that it gets are Google "
                "Pay's without a sufficient assurance, or where authentication is expected",
            )
            for number, (rule, _) in enumerate(self._rules)
            if rule.outcome == "proceed" and not self._lets_proceed(number)
        ]

    def _lets_proceed(self, number: int) -> bool:
        (rule, box), earlier = self._rules[number], self._rules[:number]
        steps = Steps(self._most_steps)
        proceeding = self._left_to_stripe if rule.leaves_to_stripe else self._proceeding
        parts = [shared(box, one) for one in proceeding if meets(box, one)]
        return any(self._left(part, earlier, steps) for part in parts)

    def _overlapping(self, number: int) -> Iterator[Finding]:
        """Yield the later rules that overlap this one."""
        (first, box), earlier = self._rules[number], self._rules[:number]
        steps = Steps(self._most_steps)
        for later in range(number + 1, len(self._rules)):
            second, other = self._rules[later]
            if _effect(first) == _effect(second) or not meets(box, other):
                continue
            if self._contains(box, other) or self._contains(other, box):
                continue
            if left := self._left(shared(box, other), earlier, steps):
                yield Finding(self._lines[later], self._overlap(number, second, left))

    def _covering(self, box: Box, earlier: Sequence[int]) -> list[int]:
        """Return as few of the earlier rules as leave nothing of a box; none when something is
        left of it.
        """
        rules = {number: self._rules[number] for number in earlier}
        if self._remainder(box, list(rules.values()), Steps(self._most_steps)) is not None:
            return []
        needed, steps = rules, Steps(self._most_steps)
        for one in reversed(earlier):
            fewer = {number: rule for number, rule in needed.items() if number != one}
            if self._left(box, list(fewer.values()), steps) is None:
                needed = fewer
        return list(needed)

    def _has_payments(self, box: Box) -> bool:
        return is_possible(box, self._families)

    def _conflict(self, rule: Rule) -> str:
        """Describe as few of a rule's conditions as exclude each other."""
        words = dict(rule.when.words)
        for name in rule.when.words:
            fewer = {other: words[other] for other in words if other != name}
            if not self._has_payments(self._space.box(When(fewer))):
                words = fewer
        return " with ".join(describe_words(*condition) for condition in words.items())

    def _contains(self, outer: Box, inner: Box) -> bool:
        """Whether every payment of `inner` is in `outer`."""
        kinds = ([one for one in kinds if meets(inner, one)] for kinds in self._families)
        parts = (reduce(shared, kind, inner) for kind in product(*kinds))
        return all(contains(outer, part) for part in parts)

    def _left(self, box: Box, earlier: Sequence[_Boxed], steps: Steps) -> Box | None:
        """Return some of a box that earlier rules leave; all of it when that is too hard."""
        try:
            return self._remainder(box, earlier, steps)
        except TooMuch:
            return box

    def _remainder(self, box: Box, earlier: Sequence[_Boxed], steps: Steps) -> Box | None:
        return remainder(box, [one for _, one in earlier], self._families, steps)

    def _overlap(self, number: int, second: Rule, box: Box) -> str:
        first = f"{self._named(number)} ({self._rules[number][0].outcome})"
        return (
            f"rule {second.name!r} ({second.outcome}) overlaps {first}, which gets what both are "
            f"about because it comes first: {self._space.describe(box)}"
        )

    def _named(self, number: int) -> str:
        return f"{self._rules[number][0].name!r} (line {self._lines[number]})"


def _effect(rule: Rule) -> Rule:
    return replace(rule, name="", when=When())
