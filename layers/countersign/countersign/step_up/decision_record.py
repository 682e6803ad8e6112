"""Decisions as they are stored. Pure.

`policy.Decision` is what the rules say of a payment. `DecidedOrder` adds the order and the
evidence; it is what a simulation returns. `DecisionRecord` is a stored decision, to which results
are added.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from countersign.formats.records import from_members
from countersign.google_pay.assurance import Assurance, AuthMethod
from countersign.installs.installation import Installation
from countersign.step_up.decided_card import DecidedCard
from countersign.step_up.policy import NextStep
from countersign.step_up.reasons import Reason
from countersign.step_up.results import NO_RESULTS, Results
from countersign.step_up.review import Review
from countersign.step_up.rules import Capture, Method, Outcome
from countersign.step_up.rules.payment import EvidenceSource, Payment
from countersign.step_up.three_d_secure import RequestThreeDSecure

LASTS = 1800
"""Seconds in which a decision may be used for its payment."""
KEEP = 540 * 24 * 3600
"""Seconds that a decision is kept: card networks accept disputes for no longer."""
_PREFIX = "decision#"
_PLAIN = (
    *("account_id", "installation", "amount", "currency", "outcome", "next", "rule"),
    *("rules_version", "evidence", "request_three_d_secure", "after_confirmation"),
)
_LISTS = ("reasons", "methods", "captures", "captures_after_confirmation")
_STRIPE = ("request_three_d_secure", "after_confirmation")
"""Members of an order that are always stored, those of them that are lists, and those that the
caller sees under `stripe`.
"""


@dataclass(frozen=True, slots=True)
class DecidedOrder:
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
        return asdict(self) | {name: list(getattr(self, name)) for name in _LISTS}

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


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A stored decision; times are Unix seconds. It may be used until `ends_at`. Where it waited
    for a review that has ended, its order is as the review has it.
    """

    id: str
    order: DecidedOrder
    created: int
    ends_at: int
    results: Results = NO_RESULTS
    review: Review | None = None

    @classmethod
    def new(cls, order: DecidedOrder, now: int) -> "DecisionRecord":
        """Return a decision of this moment, with an id of its own."""
        return cls(f"dec_{secrets.token_urlsafe(16)}", order, now, now + LASTS)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "DecisionRecord":
        """Return a stored decision."""
        return cls(
            id=str(item["pk"]).removeprefix(_PREFIX),
            order=DecidedOrder.from_item(item),
            created=item["created"],
            ends_at=item["ends_at"],
            results=Results.from_item(item.get("results", {})),
            review=Review.from_item(item["review"]) if "review" in item else None,
        )

    @property
    def pk(self) -> str:
        """The key under which it is stored."""
        return decision_key(self.id)

    def reviewed(self, order: DecidedOrder, review: Review) -> "DecisionRecord":
        """Return the decision as a review has it: it may be used from the end of the review on."""
        return replace(self, order=order, review=review, ends_at=review.ended_at + LASTS)

    def covers(self, began_at: int, margin: int = 0) -> bool:
        """Whether it counts for an attempt that began at this time, give or take a margin: soon
        after the decision, or after the end of its review.
        """
        begins = [self.created, *([self.review.ended_at] if self.review else [])]
        return any(begin - margin <= began_at <= begin + LASTS + margin for begin in begins)

    def belongs_to(self, installation: Installation) -> bool:
        """Whether it is of this installation, and not of an earlier one of its account."""
        order = self.order
        return (order.account_id, order.installation) == (installation.account_id, installation.id)

    def to_item(self) -> dict[str, Any]:
        """Return the item, with its places in the lists of its account and of its day."""
        return self.order.to_item() | {
            "pk": self.pk,
            "created": self.created,
            "ends_at": self.ends_at,
            "expires_at": self.created + KEEP,
            "listed": f"{self.created:010d}.{self.id}",
            "by_account": self.order.account_id,
            "by_day": time.strftime("%Y-%m-%d", time.gmtime(self.created)),
            "results": self.results.to_item(),
            **({"review": self.review.to_item()} if self.review else {}),
        }

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        return self.order.view() | {
            "id": self.id,
            "created": self.created,
            "expires_at": self.ends_at,
            "results": self.results.view(),
            "review": self.review.view() if self.review else None,
        }


def decision_key(decision_id: str) -> str:
    """Return the key of a decision's item."""
    return f"{_PREFIX}{decision_id}"
