"""Close the open payments of an installation that is about to end: what is authorized is settled,
the rest is canceled.
"""

from collections.abc import Iterator

from countersign.aws.telemetry import logger
from countersign.http import deadline
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import cancel_now, try_advance
from countersign.payments.context import Contexts
from countersign.payments.list_payments import Filter, list_payments
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import OpenPayments
from countersign.payments.status import Status
from countersign.problems import Problem

_IN_ORDER: tuple[Status, ...] = (
    *("requires_card", "in_review", "requires_step_up", "ready"),
    *("requires_action", "processing", "unreachable"),
)
"""The statuses of open payments as a payment goes through them, so that one that moves on while
they are listed is found in a later one.
"""
_PAGE = 100
_NEEDS = 12.0
"""Seconds that have to be left for one more payment, and the uninstallation after it."""


def close_payments(contexts: Contexts, installation: Installation, *, force: bool) -> None:
    """Settle or cancel what is open, as far as the time allows. Raises 409 `open_payments` where
    some could not be, unless `force` leaves them as they are.
    """
    left = [
        record.id
        for record in _open(contexts, installation)
        if deadline.remaining() < _NEEDS or not _close(contexts, installation, record).has_ended
    ]
    if not left:
        return
    if not force:
        raise OpenPayments(left[:_PAGE])
    extra = {"account": installation.account_id, "payments": left[:_PAGE]}
    logger.error("an installation ends with open payments", extra=extra)


def _open(contexts: Contexts, installation: Installation) -> list[PaymentRecord]:
    found = (each for status in _IN_ORDER for each in _listed(contexts, installation, status))
    return list({record.id: record for record in found}.values())


def _listed(
    contexts: Contexts, installation: Installation, status: Status
) -> Iterator[PaymentRecord]:
    wanted = Filter(installation.account_id, status, installation=installation.id)
    cursor: str | None = None
    while True:
        now = contexts.payments.now()
        page, cursor = list_payments(contexts.payments.table, wanted, cursor, _PAGE, now)
        yield from page
        if cursor is None:
            return


def _close(contexts: Contexts, installation: Installation, record: PaymentRecord) -> PaymentRecord:
    current = try_advance(contexts, record) if record.payment_intent else record
    try:
        return cancel_now(contexts, installation, current, "uninstalled")
    except (Problem, store.Changed):
        return store.load(contexts.payments.table, record.id) or current
