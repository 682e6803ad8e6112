"""Advance a payment without its payer: what has ended elsewhere is read, what is authorized is
settled, what waits too long is canceled. Never confirms.
"""

from countersign.aws.telemetry import logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.context import Contexts
from countersign.payments.due import due_at
from countersign.payments.finish_payment import end_at_once
from countersign.payments.follow_intent import UNSENT_AFTER, follow_intent
from countersign.payments.judge import BEFORE_END, hold_ends
from countersign.payments.lost_account import LOST, hold_is_over, keep_in_sight
from countersign.payments.make_intent import resolve_creation
from countersign.payments.mark_decision import resolve_marking
from countersign.payments.on_account import installation_of, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.read_payment import read_payment
from countersign.payments.settle_payment import carry_out, choose
from countersign.payments.status import BEFORE_CARD
from countersign.payments.tidy_up import tidy_up
from countersign.problems import Problem
from countersign.stripe_api.calls import AccountUnreachable, PermissionMissing


def advance_payment(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Return a payment as it is by now. Raises `Changed`, and what reading Stripe raises."""
    installation = installation_of(contexts, record)
    if installation is None:
        return keep_in_sight(contexts, record, is_over=True)
    try:
        return _advance(contexts, installation, record)
    except AccountUnreachable:
        if record.has_ended:
            raise  # what is left to be read or canceled comes again
        return keep_in_sight(contexts, record, is_over=False)


def try_advance(contexts: Contexts, record: PaymentRecord) -> PaymentRecord:
    """Advance a payment, and return it as it is where that is not possible now."""
    try:
        return advance_payment(contexts, record)
    except (Problem, store.Changed):
        return store.load(contexts.payments.table, record.id) or record


def cancel_now(
    contexts: Contexts, installation: Installation, record: PaymentRecord, reason: str
) -> PaymentRecord:
    """Cancel an open payment that was not settled otherwise; at once where nothing is at Stripe.
    Raises `Changed`, what a creation whose outcome is not known raises, and what keeps Stripe from
    canceling until somebody mends it: the choice is stored then.
    """
    if record.settle is not None or record.has_ended:
        return record
    if record.payment_intent is None:
        record = resolve_creation(contexts, installation, record)
    if record.has_ended:
        return record
    if record.payment_intent is not None:
        return carry_out(contexts, installation, choose(contexts, record, "cancel", reason))
    return end_at_once(contexts, record, reason)


def _advance(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    if record.has_ended:
        return _afterwards(contexts, installation, record)
    now = contexts.payments.now()
    record = _resolved(contexts, installation, read_payment(contexts, record), now)
    if record.status in BEFORE_CARD and now >= record.expires_at:
        return cancel_now(contexts, installation, record, "expired")
    if record.payment_intent is None:
        return record
    try:
        found = read(contexts, installation, record)
    except PermissionMissing:
        return _unread(contexts, installation, record, now)
    return follow_intent(contexts, installation, record, found)


def _unread(
    contexts: Contexts, installation: Installation, record: PaymentRecord, now: int
) -> PaymentRecord:
    """Return a payment whose PaymentIntent may not be read at all. It is canceled when it has to
    be, since that takes another permission; and it ends once no hold can be left. Raises
    `PermissionMissing` while it waits.
    """
    if now >= hold_is_over(record):
        return end_at_once(contexts, record, LOST)
    if record.settle is not None:
        return carry_out(contexts, installation, record)
    if record.status == "requires_action" and now >= (due_at(record, now) or now):
        return cancel_now(contexts, installation, record, "abandoned")
    if record.status not in BEFORE_CARD and now >= hold_ends(record, None) - BEFORE_END:
        return cancel_now(contexts, installation, record, "hold_over")
    raise PermissionMissing


def _resolved(
    contexts: Contexts, installation: Installation, record: PaymentRecord, now: int
) -> PaymentRecord:
    """Return a payment after it was found out what a creation or a marking came to, whose request
    has ended long since.
    """
    claim = record.running
    if claim is None or now < claim.claimed_at + UNSENT_AFTER:
        return record
    if record.payment_intent is not None:
        return resolve_marking(contexts, installation, record)
    try:
        return resolve_creation(contexts, installation, record)
    except PermissionMissing:
        if now < record.expires_at:
            raise
    return end_at_once(contexts, record, "expired")  # what was created was never confirmed


def _afterwards(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment that has ended, with what has become of its money since."""
    record = tidy_up(contexts, installation, record)
    if record.payment_intent is None:
        return record
    try:
        found = read(contexts, installation, record)
    except PermissionMissing:
        # What a merchant does is recorded while they permit it; another event wakes it again.
        logger.warning("not read any more", extra={"payment": record.id})
        return record
    return follow_intent(contexts, installation, record, found)
