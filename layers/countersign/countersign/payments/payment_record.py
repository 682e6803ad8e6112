"""Payments as they are stored. Pure."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from countersign.aws.due_index import due_members
from countersign.crypto.minted import fingerprint
from countersign.formats.records import Item, from_members, to_members
from countersign.payments.attempt import (
    NO_MONEY,
    Attempt,
    Creation,
    Marking,
    Money,
    Settlement,
    Step,
    attempt_from,
    creation_from,
    marking_from,
    settlement_from,
    stored,
)
from countersign.payments.named_card import NamedCard
from countersign.payments.order import PaymentOrder
from countersign.payments.status import ENDED, Next, Proof, Status

LASTS = 23 * 3600
"""Seconds after which an open payment is canceled: within the day that Stripe keeps our keys."""
KEEP = 540 * 24 * 3600
"""Seconds that a payment is kept: card networks accept disputes for no longer."""
TIDIED = "done"
"""Nothing is left open at Stripe of a payment that has ended."""
_PREFIX = "payment#"
_PLAIN = (
    *("status", "created", "proof", "next", "decision", "ceremony", "asked_at", "ceremonies"),
    *("payment_intent", "marked", "reason", "unproven", "ended_at", "tidied", "due_at", "rev"),
)
"""Members that are stored as they are; what is `None` is left out."""


class PaymentRecord(Struct, frozen=True):
    """A stored payment; times are Unix seconds. `order` never changes.

    `decision` is the decision on the `card` that was named last, `decided` has the decisions on
    every card that was named, by `known_as`. `proof` is what is to prove the payment, `None`
    before a card is decided on. `ceremony` is the confirmation that the payer was asked for last,
    at `asked_at`, the `ceremonies`th. `creation`, `marking`, `attempt` and `settle` are claims,
    each stored before its call to Stripe; `marked` is the decision that the PaymentIntent names.
    `unproven` marks a payment that somebody else captured. `tidied` is how far it was looked for
    what is left open after the end. `rev` counts the writes: each is made on
    the condition that nobody else has written since.
    """

    id: str
    order: PaymentOrder
    created: int
    status: Status
    next: Next | None = None
    proof: Proof | None = None
    card: NamedCard | None = None
    decision: str | None = None
    decided: Mapping[str, str] = field(default_factory=dict)
    ceremony: str | None = None
    asked_at: int | None = None
    ceremonies: int = 0
    creation: Creation | None = None
    payment_intent: str | None = None
    marked: str | None = None
    marking: Marking | None = None
    attempt: Attempt | None = None
    settle: Settlement | None = None
    reason: str | None = None
    money: Money = NO_MONEY
    unproven: bool = False
    steps: tuple[Step, ...] = ()
    ended_at: int | None = None
    tidied: str | None = None
    due_at: int | None = None
    rev: int = 0

    @property
    def pk(self) -> str:
        """The key under which it is stored."""
        return payment_key(self.id)

    @property
    def has_ended(self) -> bool:
        """Whether no more money moves by us."""
        return self.status in ENDED

    @property
    def expires_at(self) -> int:
        """When it is canceled if it is still open."""
        return self.created + LASTS

    @property
    def running(self) -> Creation | Marking | Attempt | None:
        """The claim whose call to Stripe may be under way: what came of it is not known."""
        if self.payment_intent is None:
            return self.creation if self.creation and not self.creation.over else None
        if self.marking is not None:
            return self.marking
        return self.attempt if self.attempt and not self.attempt.ended else None

    @property
    def is_running(self) -> bool:
        """Whether a call to Stripe was claimed whose outcome is not known."""
        return self.running is not None

    @property
    def shown_next(self) -> Next | None:
        """What the merchant's page does next; `None` once the payment has ended."""
        if self.has_ended:
            return None
        return "act" if self.status == "requires_action" else self.next

    @property
    def leaves_open(self) -> bool:
        """Whether a PaymentIntent may be open at Stripe that nobody confirms any more: its own, if
        the rules have refused its last card, or one that Stripe made though it had failed.
        """
        if self.tidied == TIDIED:
            return False
        return self.leaves_own or (self.creation is not None and self.creation.generation > 1)

    @property
    def leaves_own(self) -> bool:
        """Whether its own PaymentIntent may be open after its end."""
        is_refused = self.settle is None and self.status == "failed"
        return self.payment_intent is not None and is_refused

    @property
    def declines(self) -> int:
        """How many attempts were declined."""
        return sum(1 for step in self.steps if step.did == "decline")

    @classmethod
    def new(cls, order: PaymentOrder, now: int) -> "PaymentRecord":
        """Return a payment of this moment, with an id of its own and no card yet."""
        return cls(new_id(), order, now, "requires_card", next="again")

    @classmethod
    def from_item(cls, item: Item) -> "PaymentRecord":
        """Return a stored payment."""
        plain: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
        card = item.get("card")
        return cls(
            id=str(item["pk"]).removeprefix(_PREFIX),
            order=PaymentOrder.from_item(item["order"]),
            card=NamedCard.from_item(card) if card else None,
            decided=dict(item.get("decided", {})),
            creation=creation_from(item.get("creation")),
            marking=marking_from(item.get("marking")),
            attempt=attempt_from(item.get("attempt")),
            settle=settlement_from(item.get("settle")),
            money=from_members(Money, item.get("money", {})),
            steps=tuple(from_members(Step, step) for step in item["steps"]),
            **plain,
        )

    def to_item(self) -> Item:
        """Return the item, with its places in the indexes."""
        order = self.order
        plain = {name: getattr(self, name) for name in _PLAIN}
        claims = {
            "card": to_members(self.card) if self.card else None,
            "creation": stored(self.creation),
            "marking": stored(self.marking),
            "attempt": stored(self.attempt),
            "settle": stored(self.settle),
        }
        known = {name: value for name, value in (plain | claims).items() if value is not None}
        due = due_members(self.pk, self.due_at) if self.due_at is not None else {}
        return {
            "pk": self.pk,
            "order": order.to_item(),
            "decided": dict(self.decided),
            "money": stored(self.money),
            "steps": [stored(step) for step in self.steps],
            "expires_at": self.created + KEEP,
            "listed": f"{self.created:010d}.{self.id}",
            "by_account": order.account_id,
            "by_status": f"{order.account_id}#{self.status}",
            "by_reference": fingerprint(order.account_id, order.reference),
            "by_day": time.strftime("%Y-%m-%d", time.gmtime(self.created)),
            **known,
            **due,
        }


def new_id() -> str:
    """Return the id of a payment that is about to be created."""
    return f"pay_{secrets.token_urlsafe(16)}"


def payment_key(payment_id: str) -> str:
    """Return the key of a payment's item."""
    return f"{_PREFIX}{payment_id}"
