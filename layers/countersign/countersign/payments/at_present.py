"""Act on a payment as it is at present."""

from collections.abc import Callable
from typing import TypeVar

from countersign.aws.table import Table
from countersign.payments import store
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import payment_busy

TRIES = 3
"""Times that a payment is read again that somebody else has written meanwhile."""

Done = TypeVar("Done")


def at_present(table: Table, record: PaymentRecord, act: Callable[[PaymentRecord], Done]) -> Done:
    """Return what `act` does with a payment, which is read again where somebody else has written it
    since. Raises 409 `payment_busy` where that goes on, and what `act` raises.
    """
    for _ in range(TRIES):
        try:
            return act(record)
        except store.Changed:
            record = store.load(table, record.id) or record
    raise payment_busy(record.id)
