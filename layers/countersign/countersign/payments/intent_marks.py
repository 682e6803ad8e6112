"""Which PaymentIntents are of payments of ours, and when an event has woken one: all that a webhook
needs of payments.

Item `intent#<account>#<PaymentIntent>`: the `payment` that it belongs to; `ended` once only
refunds, disputes and reviews matter, and `afterwards` once one of those has woken it; `woken_at`,
when an event last said that there is something to be read, and `due_at` until that was read. The
sweep reads it.
"""

from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from countersign.aws.changes import ConditionFailed, set_clause
from countersign.aws.due_index import due_members
from countersign.aws.items import Item
from countersign.aws.table import Table, table
from countersign.context import UseCaseContext
from countersign.settings import settings

Context = UseCaseContext[None]
"""What waking works with: it asks Stripe nothing."""


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().payments_table), None, settings())


class IntentMark(Struct, frozen=True):
    """Whose payment a PaymentIntent is. Times are Unix seconds."""

    payment: str
    due_at: int | None = None
    woken_at: int | None = None
    has_ended: bool = False
    is_afterwards: bool = False

    @classmethod
    def from_item(cls, item: Item) -> "IntentMark":
        """Return a stored mark."""
        return cls(
            item["payment"],
            item.get("due_at"),
            item.get("woken_at"),
            item.get("ended", False),
            item.get("afterwards", False),
        )


def wake(table: Table, account_id: str, intent: str, now: int, *, after_end: bool) -> bool:
    """Mark the payment of a PaymentIntent as due, in one write, and return whether there is one
    that this concerns: one that has ended is woken only for what comes after (`after_end`).
    """
    pk = intent_key(account_id, intent)
    condition = "attribute_exists(payment)"
    if not after_end:
        condition += " AND attribute_not_exists(ended)"
    afterwards = {"afterwards": True} if after_end else {}
    clause, values, names = set_clause({**due_members(pk, now), "woken_at": now, **afterwards})
    try:
        table.update(pk, clause, condition, values, names)
    except ConditionFailed:
        return False
    return True


def load_marks(table: Table, pks: Sequence[str]) -> dict[str, IntentMark]:
    """Return those of at most 100 marks that are stored, by key."""
    found = table.get_many(pks)
    return {pk: IntentMark.from_item(item) for pk, item in found.items() if "payment" in item}


def intent_key(account_id: str, intent: str) -> str:
    """Return the key of a PaymentIntent's mark."""
    return f"intent#{account_id}#{intent}"
