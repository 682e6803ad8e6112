"""Follow a PaymentIntent: bring a payment to where Stripe says that it is, and settle what is
authorized. The one place that acts on what was read, for a request as for the sweep; nothing here
confirms.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from countersign.aws.telemetry import count, logger
from countersign.http import deadline
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import Attempt
from countersign.payments.context import Contexts
from countersign.payments.due import ACTS_WITHIN
from countersign.payments.end_attempt import Decline, decline_attempt, give_up_attempt
from countersign.payments.finish_payment import finish_payment, record_money
from countersign.payments.intent import FINAL, Intent, read_intent
from countersign.payments.judge import judge
from countersign.payments.load_decision import load_decision
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.settle_payment import settle_payment, try_carry_out

UNSENT_AFTER = 120
"""Seconds after which a confirmation that Stripe does not show will not arrive any more."""
NEEDS = 7.0
"""Seconds that have to be left of a request for one more call to Stripe."""


def follow_intent(
    contexts: Contexts, installation: Installation, record: PaymentRecord, found: Mapping[str, Any]
) -> PaymentRecord:
    """Return a payment as its PaymentIntent (`found`, just read with its charge) has it. Raises
    `Changed` and `Unavailable`.
    """
    if record.has_ended:
        return record_money(contexts, record, read_intent(found))
    if found["status"] in FINAL:
        return finish_payment(contexts, installation, record, found)
    intent, now = read_intent(found), contexts.payments.now()
    if record.settle is not None:
        return _settled(contexts, installation, record, intent)
    if record.status == "unreachable":
        found_again = move(record, "find_account", "processing", now)
        record = store.save(contexts.payments.table, record, found_again)
    match intent.status:
        case "requires_capture":
            return _authorized(contexts, installation, record, intent)
        case "requires_action" | "requires_confirmation":
            return _acting(contexts, installation, record, intent)
        case "requires_payment_method":
            return _without_card(contexts, installation, record, intent)
    return record


def _settled(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent: Intent
) -> PaymentRecord:
    """Do again what was chosen, if there is time. A capture waits where Stripe has begun a review
    since: Stripe ends the hold of one that is not approved, as it does in the end of any.
    """
    chosen = record.settle
    if chosen is not None and chosen.kind == "capture" and not intent.is_approved:
        extra = {"payment": record.id, "reason": f"review_{intent.review}"}
        logger.info("not settled yet", extra=extra)
        return record
    return try_carry_out(contexts, installation, record) if has_time() else record


def has_time() -> bool:
    """Whether enough is left of this request for one more call to Stripe, and what follows it."""
    return deadline.remaining() >= NEEDS


def _authorized(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent: Intent
) -> PaymentRecord:
    """Settle a payment that is authorized, if it is clear how."""
    if not has_time():
        return record
    now, livemode = contexts.payments.now(), contexts.payments.settings.livemode
    decision = load_decision(contexts, record.decision)
    verdict = judge(record, decision, intent, livemode, now)
    if verdict.kind == "wait":
        logger.info("not settled yet", extra={"payment": record.id, "reason": verdict.reason})
        return _noted(contexts, record, intent, now)
    if verdict.misfits:
        count("PaymentDiffersFromDecision")
        extra = {"payment": record.id, "misfits": list(verdict.misfits)}
        logger.warning("not captured", extra=extra)
    return settle_payment(contexts, installation, record, verdict.kind, verdict.reason)


def _noted(contexts: Contexts, record: PaymentRecord, intent: Intent, now: int) -> PaymentRecord:
    """Return a payment that waits, with what is known of its hold."""
    money = intent.money_after(record.money)
    if record.money == money:
        return record
    noted = move(record, "record", record.status, now, money=money)
    return store.save(contexts.payments.table, record, noted)


def _acting(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent: Intent
) -> PaymentRecord:
    """Wait for the payer to act, and to come back: for a quarter of an hour. Nobody acts on an
    attempt that had been given up and has arrived after all.
    """
    now, attempt = contexts.payments.now(), record.attempt
    is_late = record.status not in ("processing", "requires_action")
    if attempt is None or is_late or now >= attempt.at + ACTS_WITHIN:
        return settle_payment(contexts, installation, record, "cancel", "abandoned")
    if record.status == "requires_action" or _is_resumed(attempt, intent):
        return record
    waits = replace(attempt, ended=True, ended_at=now)
    after = move(record, "require_action", "requires_action", now, attempt=waits)
    return store.save(contexts.payments.table, record, after)


def _is_resumed(attempt: Attempt, intent: Intent) -> bool:
    """Whether the second confirmation was claimed, and may still be under way."""
    return attempt.kind == "resume" and intent.status == "requires_confirmation"


def _without_card(
    contexts: Contexts, installation: Installation, record: PaymentRecord, intent: Intent
) -> PaymentRecord:
    """The PaymentIntent waits for a card: the last attempt was declined, or has not arrived."""
    attempt, now = record.attempt, contexts.payments.now()
    if record.status == "requires_action":
        return decline_attempt(contexts, installation, record, Decline.read(intent))
    if attempt is None or attempt.ended:
        return _between(contexts, record, now)
    is_first, is_new = attempt.n == 1, intent.failed_charge != attempt.seen
    if intent.code is not None and (is_first or is_new):
        return decline_attempt(contexts, installation, record, Decline.read(intent))
    if now < attempt.claimed_at + UNSENT_AFTER:
        return record
    return give_up_attempt(contexts, record)


def _between(contexts: Contexts, record: PaymentRecord, now: int) -> PaymentRecord:
    """Return a payment of which nothing runs; it waits for a card once its account was found."""
    if record.status != "processing" or record.is_running:
        return record
    again = move(record, "not_sent", "requires_card", now, next="again")
    return store.save(contexts.payments.table, record, again)
