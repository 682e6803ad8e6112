"""Decisions as they are stored. Pure.

`policy.Decision` is what the rules say of a payment, and `DecidedOrder` adds the order and the
evidence to it. `DecisionRecord` is a decided order that is stored, to which results are added.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from countersign.aws.due_index import due_members, next_read
from countersign.installs.installation import Installation
from countersign.step_up.decided_order import DecidedOrder
from countersign.step_up.results import NO_RESULTS, Results
from countersign.step_up.review import Review

LASTS = 1800
"""Seconds in which a decision may be used for its payment."""
KEEP = 540 * 24 * 3600
"""Seconds that a decision is kept: card networks accept disputes for no longer."""
READ_FOR = 7
"""Days for which it is read what became of a decision: https://docs.stripe.com/payments/
place-a-hold-on-a-payment-method releases what is not captured by then.
"""
METADATA = "countersign_decision"
"""The key under which a PaymentIntent's metadata have the decision that it is made on."""
_PREFIX = "decision#"


class DecisionRecord(Struct, frozen=True):
    """A stored decision; times are Unix seconds. It may be used until `ends_at`. Where it waited
    for a review that has ended, its order is as the review has it. `results_at` is when its results
    were last written, and `rev` counts its changes.
    """

    id: str
    order: DecidedOrder
    created: int
    ends_at: int
    results: Results = NO_RESULTS
    review: Review | None = None
    results_at: int | None = None
    rev: int = 1

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
            results_at=item.get("results_at"),
            rev=item["rev"],
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

    @property
    def is_awaited(self) -> bool:
        """Whether more may become of it than is known: a payment that was not told or has not
        ended, a confirmation that was told before the payer answered.
        """
        return not self.results.is_paid_up or self.results.is_unconfirmed

    def next_read(self, after: int) -> int | None:
        """Return when it is read next what became of it, later than `after` (Unix seconds)."""
        begun = self.review.ended_at if self.review else self.created
        return next_read(begun, after, READ_FOR) if self.is_awaited else None

    def belongs_to(self, installation: Installation) -> bool:
        """Whether it is of this installation, and not of an earlier one of its account."""
        order = self.order
        return (order.account_id, order.installation) == (installation.account_id, installation.id)

    def to_item(self) -> dict[str, Any]:
        """Return the item, with its places in the lists of its account and of its day, and when it
        is read first what became of it.
        """
        due = self.next_read(self.ends_at - LASTS)
        members = due_members(self.pk, due) if due is not None else {}
        return (
            self.order.to_item()
            | members
            | {
                "pk": self.pk,
                "created": self.created,
                "ends_at": self.ends_at,
                "expires_at": self.created + KEEP,
                "listed": f"{self.created:010d}.{self.id}",
                "by_account": self.order.account_id,
                "by_day": time.strftime("%Y-%m-%d", time.gmtime(self.created)),
                "results": self.results.to_item(),
                "rev": self.rev,
                **({"review": self.review.to_item()} if self.review else {}),
            }
        )

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
