"""The payments table (docs/decisions.md#one-table-per-capability).

Item `payment#<id>`: see `PaymentRecord`. Item `reference#<hash of account, installation and
reference>`: the `payment` that is open or paid under the merchant's own name of an order; freed
once that is canceled or has failed. Item `intent#<account>#<PaymentIntent>`: see `intent_marks`.

Every write of a payment is made on the condition that it is as it was read (`rev`), so that of two
that are made at once the second reads again.
"""

from collections.abc import Sequence

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused, set_clause
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.payments.intent_marks import intent_key
from countersign.payments.metadata import is_payment_id
from countersign.payments.order import PaymentOrder
from countersign.payments.payment_record import KEEP, PaymentRecord, payment_key

FREES = ("canceled", "failed")
"""A payment that has ended so leaves its reference to another."""


class Changed(Exception):
    """The payment, or what it relies on, was written by somebody else since: read it again."""


def create(table: Table, record: PaymentRecord, others: Sequence[Change] = ()) -> str | None:
    """Store a payment with what belongs to it, and take its reference unless it has ended already.
    Return `None`, or the id of the payment that has the reference. Raises `TransactionRefused`
    where another of the changes was refused.
    """
    item = record.to_item()
    changes = [Change.create(item.pop("pk"), item), _take(record), *others]
    try:
        table.transact(changes)
    except TransactionRefused as refused:
        taken = reference_key(record.order)
        holder = (refused.failed.get(taken) or {}).get("payment")
        # Where more was refused, the request may have stored this very holder before.
        if isinstance(holder, str) and set(refused.failed) == {taken}:
            return holder
        raise
    return None


def save(
    table: Table, before: PaymentRecord, after: PaymentRecord, others: Sequence[Change] = ()
) -> PaymentRecord:
    """Store what moves have made of a payment, with what belongs to it. Raises `Changed` where it,
    or what belongs to it, is not as it was.
    """
    change = _change(before, after)
    changes = [change, *_intent_changes(before, after), *others]
    if after.status in FREES and before.status not in FREES:
        changes.append(_free(after))
    try:
        if len(changes) == 1:
            table.update(
                change.pk, change.expression, change.condition, change.values, change.names
            )
        else:
            table.transact(changes)
    except (ConditionFailed, TransactionRefused):
        raise Changed from None
    return after


def load(table: Table, payment_id: str) -> PaymentRecord | None:
    """Return a stored payment, of any merchant."""
    item = table.get(payment_key(payment_id)) if is_payment_id(payment_id) else None
    return PaymentRecord.from_item(item) if item else None


def load_many(table: Table, pks: Sequence[str]) -> dict[str, PaymentRecord]:
    """Return those of at most 100 payments that are stored, by key."""
    return {pk: PaymentRecord.from_item(item) for pk, item in table.get_many(pks).items()}


def holder_of(table: Table, order: PaymentOrder) -> str | None:
    """Return the id of the payment that has the reference of an order, if one is open or paid."""
    item = table.get(reference_key(order))
    holder = item.get("payment") if item else None
    return str(holder) if holder else None


def reference_key(order: PaymentOrder) -> str:
    """Return the key of what holds a reference."""
    return f"reference#{fingerprint(order.account_id, order.installation, order.reference)}"


def _take(record: PaymentRecord) -> Change:
    """Return the change that takes a reference, if it is free. A payment that has ended already
    only finds out whether it is.
    """
    free = "attribute_not_exists(payment)"
    pk = reference_key(record.order)
    if record.has_ended:
        return Change(pk, "", free)
    clause, values, names = set_clause({"payment": record.id, "expires_at": record.created + KEEP})
    return Change(pk, clause, free, values, names)


def _free(record: PaymentRecord) -> Change:
    """Return the change that leaves the reference to another payment."""
    return Change(
        reference_key(record.order),
        "REMOVE payment",
        "attribute_not_exists(payment) OR payment = :id",
        {":id": record.id},
    )


def _intent_changes(before: PaymentRecord, after: PaymentRecord) -> list[Change]:
    """Return the change of the PaymentIntent's mark, once it is known and once it has ended."""
    if after.payment_intent is None:
        return []
    pk = intent_key(after.order.account_id, after.payment_intent)
    members: Item = {"payment": after.id, "expires_at": after.created + KEEP}
    if after.has_ended and not before.has_ended:
        members["ended"] = True
    elif before.payment_intent is not None:
        return []
    clause, values, names = set_clause(members)
    return [Change(pk, clause, "", values, names)]


def _change(before: PaymentRecord, after: PaymentRecord) -> Change:
    """Return the change from one state of a payment to another, if it is still in the first."""
    old, new = before.to_item(), after.to_item()
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    gone = [name for name in old if name not in new]
    clause, values, names = set_clause(changed, gone)
    values |= {":was": before.rev}
    return Change(after.pk, clause, "rev = :was", values, names)
