"""Which rules never take effect, and where two of them depend on their order alone. Pure.

Looked at are only payments that there can be.

Whether earlier rules together leave nothing to a later one is hard in general (it contains the
satisfiability of a formula), so the work for each rule is bounded; beyond it there is a warning.
"""

from collections.abc import Iterator, Sequence

from countersign.step_up.rules.book import Rule
from countersign.step_up.rules.conditions import When
from countersign.step_up.rules.faults import Fault
from countersign.step_up.rules.lint.boxes import (
    Box,
    Steps,
    TooMuch,
    contains,
    meets,
    remainder,
    shared,
)
from countersign.step_up.rules.lint.possible import KINDS, PROCEEDING
from countersign.step_up.rules.lint.space import Space
from countersign.step_up.rules.lint.words import words_told

MOST_STEPS = 20_000
"""Each compares some of a rule with another. There are so many for each rule, to see whether it is
reached, by which rules it is not, and which it overlaps.
"""
_Boxed = tuple[Rule, Box]


class Coverage:
    """How rules, in their order, cover the payments."""

    def __init__(self, rules: Sequence[Rule], most_steps: int = MOST_STEPS) -> None:
        self._space = Space([*(rule.when for rule in rules), *KINDS, *PROCEEDING])
        self._kinds = [self._space.box(kind) for kind in KINDS]
        self._proceeding = [self._space.box(when) for when in PROCEEDING]
        self._rules: list[_Boxed] = [(rule, self._space.box(rule.when)) for rule in rules]
        self._most_steps = most_steps

    def reach(self) -> tuple[list[Fault], list[Fault]]:
        """The rules that can never hold or are never reached, and those of which the bound on work
        did not let us tell whether they are.
        """
        unreachable, undecided = list[Fault](), list[Fault]()
        for number, (rule, box) in enumerate(self._rules):
            if not self._has_payments(box):
                told = f"rule {rule.name!r} can never hold: no payment has {self._conflict(rule)}"
                unreachable.append(Fault(rule.line, told))
                continue
            earlier = [one for one in self._rules[:number] if meets(box, one[1])]
            try:
                covering = self._covering(box, earlier)
            except TooMuch:
                told = f"rule {rule.name!r} overlaps too many to tell whether it is ever reached"
                undecided.append(Fault(rule.line, told))
                continue
            if covering:
                names = " and ".join(map(_named, covering))
                told = f"rule {rule.name!r} is never reached: before it, {names} take all of it"
                unreachable.append(Fault(rule.line, told))
        return unreachable, undecided

    def overlapping(self) -> list[Fault]:
        """The pairs of rules that do different things and share payments, where neither is about
        all that the other is about: their order alone decides.
        """
        rules = range(len(self._rules))
        return [fault for number in rules for fault in self._overlapping(number)]

    def held_back(self) -> list[Fault]:
        """The rules that say proceed where the floor always makes something else of it."""
        return [
            Fault(
                rule.line,
                f"rule {rule.name!r} never lets a payment proceed: all that it gets are Google "
                "Pay's without a signed and full assurance, or need strong customer authentication",
            )
            for number, (rule, _) in enumerate(self._rules)
            if rule.outcome == "proceed" and not self._lets_proceed(number)
        ]

    def _lets_proceed(self, number: int) -> bool:
        (_, box), earlier = self._rules[number], self._rules[:number]
        steps = Steps(self._most_steps)
        parts = [shared(box, one) for one in self._proceeding if meets(box, one)]
        return any(self._left(part, earlier, steps) for part in parts)

    def _overlapping(self, number: int) -> Iterator[Fault]:
        """The later rules that overlap this one."""
        (first, box), earlier = self._rules[number], self._rules[:number]
        steps = Steps(self._most_steps)
        for second, other in self._rules[number + 1 :]:
            if _effect(first) == _effect(second) or not meets(box, other):
                continue
            if self._contains(box, other) or self._contains(other, box):
                continue
            if left := self._left(shared(box, other), earlier, steps):
                yield Fault(second.line, self._overlap(first, second, left))

    def _covering(self, box: Box, earlier: Sequence[_Boxed]) -> list[Rule]:
        """Of the earlier rules as few as leave nothing of a box; none when all of them do not."""
        if self._remainder(box, earlier, Steps(self._most_steps)) is not None:
            return []
        needed, steps = list(earlier), Steps(self._most_steps)
        for one in reversed(earlier):
            fewer = [other for other in needed if other is not one]
            if self._left(box, fewer, steps) is None:
                needed = fewer
        return [rule for rule, _ in needed]

    def _has_payments(self, box: Box) -> bool:
        return any(meets(box, kind) for kind in self._kinds)

    def _conflict(self, rule: Rule) -> str:
        """As few of a rule's conditions as exclude each other."""
        words = dict(rule.when.words)
        for name in rule.when.words:
            fewer = {other: words[other] for other in words if other != name}
            if not self._has_payments(self._space.box(When(fewer))):
                words = fewer
        return " with ".join(words_told(*condition) for condition in words.items())

    def _contains(self, outer: Box, inner: Box) -> bool:
        """Whether every payment of `inner` is in `outer`."""
        kinds = (kind for kind in self._kinds if meets(inner, kind))
        return all(contains(outer, shared(inner, kind)) for kind in kinds)

    def _left(self, box: Box, earlier: Sequence[_Boxed], steps: Steps) -> Box | None:
        """Some of a box that earlier rules leave; all of it when that is too hard to tell."""
        try:
            return self._remainder(box, earlier, steps)
        except TooMuch:
            return box

    def _remainder(self, box: Box, earlier: Sequence[_Boxed], steps: Steps) -> Box | None:
        return remainder(box, [one for _, one in earlier], self._kinds, steps)

    def _overlap(self, first: Rule, second: Rule, box: Box) -> str:
        return (
            f"rule {second.name!r} ({second.outcome}) overlaps {_named(first)} ({first.outcome}), "
            f"which gets what both are about because it comes first: {self._space.told(box)}"
        )


def _effect(rule: Rule) -> tuple[object, ...]:
    return rule.outcome, rule.methods, rule.three_d_secure


def _named(rule: Rule) -> str:
    return f"{rule.name!r} (line {rule.line})"
