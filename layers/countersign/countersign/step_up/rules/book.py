"""The merchant's rules: what a payment gets, by the first of them that it satisfies. Pure."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from countersign.step_up.rules.conditions import METADATA, When
from countersign.step_up.rules.index import Index
from countersign.step_up.rules.payment import Payment

Outcome = Literal["proceed", "step_up", "decline", "review"]
Method = Literal["spc", "3ds"]
ThreeDSecure = Literal["any", "challenge"]
"""Stripe's `request_three_d_secure`, when 3-D Secure is used."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What payments get that satisfy `when`. `methods` are in the order of preference; only
    `step_up` has any.
    """

    name: str
    outcome: Outcome
    methods: tuple[Method, ...] = ()
    three_d_secure: ThreeDSecure = "challenge"
    when: When = field(default_factory=When)


@dataclass(frozen=True)
class RuleBook:
    """All rules in their order. `default` is what a payment gets that satisfies none of them.
    `version` identifies the file: 16 hex digits of its SHA-256.
    """

    rules: tuple[Rule, ...]
    default: Rule
    version: str

    def first_match(self, payment: Payment) -> Rule | None:
        """Return the rule that decides; `None` when the default does."""
        number = self._index.first(payment)
        return None if number is None else self.rules[number]

    @cached_property
    def metadata_keys(self) -> frozenset[str]:
        """Return the keys of metadata that any rule names."""
        names = {name for rule in self.rules for name in rule.when.words}
        return frozenset(name.removeprefix(METADATA) for name in names if name.startswith(METADATA))

    @cached_property
    def _index(self) -> Index:
        return Index([rule.when for rule in self.rules])
