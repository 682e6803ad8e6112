"""Close the open payments of an installation that is about to end: what is authorized is settled,
the rest is canceled.
"""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from countersign.aws.telemetry import logger
from countersign.http import deadline
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.advance_payment import cancel_now, try_advance
from countersign.payments.at_present import at_present
from countersign.payments.closing import begin_closing, stop_closing
from countersign.payments.context import Contexts
from countersign.payments.list_payments import Filter, list_payments
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import OpenPayments
from countersign.payments.status import Status
from countersign.problems import Problem

_OPEN: tuple[Status, ...] = (
    *("requires_card", "in_review", "requires_step_up", "ready"),
    *("requires_action", "processing", "unreachable"),
)
"""The statuses of open payments, listed one after the other. A payment that is being paid goes to
and fro between `ready` and `processing`, and one listing may miss it.
"""
_CALM = 2
"""Listings in a row that have to find nothing."""
_PAUSE = 0.3
"""Seconds between them: the index is a moment behind."""
_PAGE = 100
Ended = TypeVar("Ended")
_NEEDS = 12.0
"""Seconds that have to be left for one more payment, and the uninstallation after it."""


def end_with_payments(
    contexts: Contexts, installation: Installation, end: Callable[[], Ended], *, force: bool
) -> Ended:
    """End an installation (`end`) once its payments are closed; meanwhile none is paid. Where one
    of both fails the installation goes on. Raises as `close_payments` and `end` do.
    """
    begin_closing(contexts, installation)
    try:
        close_payments(contexts, installation, force=force)
        return end()
    except Problem:
        stop_closing(contexts, installation)
        raise


def close_payments(contexts: Contexts, installation: Installation, *, force: bool) -> None:
    """Settle or cancel what is open, as far as the time allows, until nothing more is found. Raises
    409 `open_payments` where some could not be, unless `force` leaves them as they are.
    """
    left = _closed_but_for(contexts, installation, waits=force)
    if not left:
        return
    if not force:
        raise OpenPayments(left[:_PAGE])
    extra = {"account": installation.account_id, "payments": left[:_PAGE]}
    logger.error("an installation ends with open payments", extra=extra)


def _closed_but_for(contexts: Contexts, installation: Installation, *, waits: bool) -> list[str]:
    """Close what is found, and return the ids of what could not be closed. Where something could
    not, more is looked for only if the uninstallation `waits` for it.
    """
    left: dict[str, None] = {}
    calm = 0
    while calm < _CALM and (waits or not left):
        found = [each for each in _open(contexts, installation) if each.id not in left]
        for record in found:
            is_late = deadline.remaining() < _NEEDS
            if is_late or not _close(contexts, installation, record).has_ended:
                left[record.id] = None
        calm = 0 if found else calm + 1
        if deadline.remaining() < _NEEDS:
            break
        if calm < _CALM:
            time.sleep(_PAUSE)
    return list(left)


def _open(contexts: Contexts, installation: Installation) -> list[PaymentRecord]:
    found = (each for status in _OPEN for each in _listed(contexts, installation, status))
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
    def close(present: PaymentRecord) -> PaymentRecord:
        current = try_advance(contexts, present) if present.payment_intent else present
        return cancel_now(contexts, installation, current, "uninstalled")

    try:
        return at_present(contexts.payments.table, record, close)
    except Problem:
        return store.load(contexts.payments.table, record.id) or record
