"""Close the open payments of an installation that is about to end: what is authorized is settled,
the rest is canceled.
"""

from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import cancel_now, try_advance
from countersign.payments.context import Contexts
from countersign.payments.list_payments import Filter, list_payments
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import OPEN
from countersign.problems import Problem


def close_payments(contexts: Contexts, installation: Installation) -> list[str]:
    """Settle or cancel what is open, and return the ids of the payments that could not be."""
    left = []
    for record in _open(contexts, installation):
        if not _close(contexts, installation, record).has_ended:
            left.append(record.id)
    return left


def _open(contexts: Contexts, installation: Installation) -> list[PaymentRecord]:
    found: list[PaymentRecord] = []
    for status in sorted(OPEN):
        cursor: str | None = None
        while True:
            wanted = Filter(installation.account_id, status)
            now = contexts.payments.now()
            page, cursor = list_payments(contexts.payments.table, wanted, cursor, 100, now)
            found += [each for each in page if each.order.installation == installation.id]
            if cursor is None:
                break
    return found


def _close(contexts: Contexts, installation: Installation, record: PaymentRecord) -> PaymentRecord:
    current = try_advance(contexts, record) if record.payment_intent else record
    try:
        return cancel_now(contexts, installation, current, "uninstalled")
    except (Problem, store.Changed):
        return store.load(contexts.payments.table, record.id) or current
