"""The sweep: whatever is due is looked at, each payment by itself, so that one that is stuck holds
up no other.
"""

from collections.abc import Mapping

from msgspec import Struct

from countersign.aws.due_index import SHARDS
from countersign.aws.redate import redate
from countersign.aws.telemetry import count, logger, measure
from countersign.http import deadline
from countersign.payments import store
from countersign.payments.advance_payment import advance_payment
from countersign.payments.context import Contexts
from countersign.payments.due import due_at
from countersign.payments.intent_marks import IntentMark
from countersign.payments.payment_record import PaymentRecord
from countersign.problems import Problem

BATCH = 100
"""Items of each of the 16 shards that one sweep looks at, at most."""
LEAST = 8.0
"""Seconds that have to be left for one more payment."""
AGAIN = 60
"""Seconds after which a payment comes again whose sweep was cut short, at first."""
RARELY = 900
"""The same for a payment that has stayed due for long."""


class Swept(Struct):
    """What a sweep has done: payments that it looked at, those of them that have moved, and those
    that failed.
    """

    looked_at: int = 0
    moved: int = 0
    failed: int = 0

    def view(self) -> dict[str, int]:
        """Return what the log and an operator see."""
        return {"looked_at": self.looked_at, "moved": self.moved, "failed": self.failed}


def sweep_payments(contexts: Contexts) -> Swept:
    """Look at everything that is due, until the time is up: the rest comes with the next sweep.
    Raises `Unavailable` where storage is down.
    """
    swept, table, now = Swept(), contexts.payments.table, contexts.payments.now()
    every = [found for shard in SHARDS for found in table.due(shard, now, BATCH).items()]
    measure("PaymentSweepBehind", now - min((at for _, at in every), default=now))
    # What has waited longest comes first, of whatever shard: a sweep that ends early, and each one
    # that follows, would never come to the last shards otherwise.
    for pk, at in sorted(every, key=lambda found: found[1]):
        if deadline.remaining() < LEAST:
            break
        sweep_one(contexts, pk, at, swept)
    return swept


def sweep_one(contexts: Contexts, pk: str, at: int, swept: Swept) -> None:
    """Look at what is due: a payment, or the PaymentIntent of one that an event has woken."""
    table, now = contexts.payments.table, contexts.payments.now()
    # It is moved first: whoever else sweeps leaves it, and one that ends its reader comes again.
    item = redate(table, pk, at, now + AGAIN)
    if item is None:
        return
    record: PaymentRecord | None = None
    try:
        mark = IntentMark.from_item(item) if pk.startswith("intent#") else None
        record = store.load(table, mark.payment) if mark else PaymentRecord.from_item(item)
        if record is None or (mark is not None and _is_known(mark, record)):
            redate(table, pk, now + AGAIN, None)
            return
        swept.looked_at += 1
        after = advance_payment(contexts, record)
    except store.Changed:
        return  # somebody else has it: it comes again
    except Exception as error:  # noqa: BLE001  one that always fails must not stop the rest
        swept.failed += 1
        _failed(contexts, pk, record, error, now)
        return
    swept.moved += after.rev != record.rev
    if mark is not None or after.rev == record.rev:
        is_read = mark is not None or after.has_ended
        redate(table, pk, now + AGAIN, None if is_read else _later(record, now))


def _is_known(mark: IntentMark, record: PaymentRecord) -> bool:
    """Whether an event can have said no more than that the payment was captured: the most are sent
    while a call that ends so is still under way, and each would cost a read at Stripe.
    """
    return record.status == "succeeded" and not mark.is_afterwards


def _later(record: PaymentRecord, now: int) -> int:
    """Return when a payment comes again that is as it was, by its status."""
    own = due_at(record, now)
    is_running = record.status == "processing"
    return own if own is not None and own > now and not is_running else _slower(record, now)


def _slower(record: PaymentRecord, now: int) -> int:
    """Return when a payment comes again that Stripe answers for: the later, the longer it waits."""
    since = record.steps[-1].at if record.steps else record.created
    return now + min(max(AGAIN, (now - since) // 4), RARELY)


def _failed(
    contexts: Contexts, pk: str, record: PaymentRecord | None, error: Exception, now: int
) -> None:
    extra: Mapping[str, object] = {"payment": record.id if record else pk}
    if isinstance(error, Problem):
        logger.warning("a payment cannot be looked at", extra={**extra, "code": error.code})
    else:
        logger.exception("a payment cannot be looked at", extra=extra)
    count("PaymentNotRead")
    again = _slower(record, now) if record else now + RARELY
    redate(contexts.payments.table, pk, now + AGAIN, again)
