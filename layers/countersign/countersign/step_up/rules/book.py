"""The merchant's rules: what a payment gets, by the first of them that it satisfies. Pure."""

from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from countersign.step_up.rules.conditions import METADATA, When
from countersign.step_up.rules.index import Index
from countersign.step_up.rules.payment import Payment

Outcome = Literal["proceed", "step_up", "decline", "review"]
Method = Literal["spc", "3ds"]
ThreeDSecure = Literal["automatic", "any", "challenge"]
"""Stripe's `request_three_d_secure`: how a step-up asks for 3-D Secure, or `automatic` where a rule
that lets a payment proceed leaves its authentication to Stripe's own engine.
"""
Capture = Literal[
    "none",
    "authenticated",
    "attempt_acknowledged",
    "exempted",
    "not_supported",
    "data_share_only",
    "processing_error",
]
"""A result of 3-D Secure with which a payment may be captured, by Stripe's names; `none` is that it
was not tried. With `failed` no payment is captured.
"""


class Rule(Struct, frozen=True):
    """What payments get that satisfy `when`. `methods` are in the order of preference; only
    `step_up` has any. `captures` are the results of 3-D Secure with which the payment may be
    captured, `captures_after_confirmation` those with a sufficient confirmation; the usual ones
    where they are empty.
    """

    name: str
    outcome: Outcome
    methods: tuple[Method, ...] = ()
    three_d_secure: ThreeDSecure = "any"
    when: When = field(default_factory=When)
    captures: tuple[Capture, ...] = ()
    captures_after_confirmation: tuple[Capture, ...] = ()

    @property
    def leaves_to_stripe(self) -> bool:
        """Whether the payment proceeds and Stripe's own engine sees to its authentication."""
        return self.outcome == "proceed" and self.three_d_secure == "automatic"


class RuleBook(Struct, frozen=True, dict=True):
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
