"""An order with its decision: what a simulation returns, and what is stored. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.formats.records import from_members, to_members
from countersign.google_pay.assurance import Assurance, AuthMethod
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.policy import NextStep
from countersign.step_up.reasons import Reason
from countersign.step_up.rules import Capture, Method, Outcome
from countersign.step_up.rules.payment import EvidenceSource, Payment
from countersign.step_up.three_d_secure import RequestThreeDSecure

_PLAIN = (
    *("account_id", "installation", "amount", "currency", "outcome", "next", "rule"),
    *("rules_version", "evidence", "request_three_d_secure", "after_confirmation"),
)
_LISTS = ("reasons", "methods", "captures", "captures_after_confirmation")
_STRIPE = ("request_three_d_secure", "after_confirmation")
"""Members of an order that are always stored, those of them that are lists, and those that the
caller sees under `stripe`.
"""


class DecidedOrder(Struct, frozen=True):
    """An order with what was decided about it, and why. `installation` is that of the account for
    which it was decided. `inputs` is the payment as the rules saw it, with no more of its metadata
    than they name. `three_d_secure.Terms` explains the members on how to make the payment.
    """

    account_id: str
    installation: str
    amount: int
    currency: str
    payer: str | None
    outcome: Outcome
    next: NextStep
    reasons: tuple[Reason, ...]
    rule: str
    rules_version: str
    evidence: EvidenceSource
    methods: tuple[Method, ...]
    auth_method: AuthMethod | None
    assurance: Assurance | None
    request_three_d_secure: RequestThreeDSecure
    after_confirmation: RequestThreeDSecure
    captures: tuple[Capture, ...]
    captures_after_confirmation: tuple[Capture, ...]
    card: DecidedCard | None
    inputs: Payment

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "DecidedOrder":
        """Return the part of a stored decision that only the end of a review changes."""
        assurance, card = item.get("assurance"), item.get("card")
        usual = {"amount": item["amount"], "currency": item["currency"]}
        lists: dict[str, Any] = {name: tuple(item[name]) for name in _LISTS}
        return cls(
            **{name: item[name] for name in _PLAIN},
            **lists,
            payer=item.get("payer"),
            auth_method=item.get("auth_method"),
            assurance=from_members(Assurance, assurance) if assurance else None,
            card=DecidedCard.from_item(card) if card else None,
            inputs=from_members(Payment, usual | item.get("inputs", {})),
        )

    def to_item(self) -> dict[str, Any]:
        """Return the members that are stored."""
        return to_members(self) | {name: list(getattr(self, name)) for name in _LISTS}

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        members = self.to_item()
        del members["installation"]
        stripe = {name: members.pop(name) for name in _STRIPE}
        return members | {"google_pay": self.google_pay, "stripe": stripe}

    @property
    def google_pay(self) -> dict[str, list[AuthMethod]] | None:
        """What to ask Google Pay for where the payer needs another card: one with its own number,
        which can do 3-D Secure.
        """
        is_asked = self.next == "another_card" and self.inputs.wallet == "google_pay"
        return {"allowedAuthMethods": ["PAN_ONLY"]} if is_asked else None
