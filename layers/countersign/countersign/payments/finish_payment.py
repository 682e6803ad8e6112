"""Finish a payment, once Stripe says that its PaymentIntent was captured or canceled, and record
what happens to its money afterwards.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from countersign.aws.telemetry import count, logger
from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony, store
from countersign.payments.attempt import NO_MONEY, Money
from countersign.payments.context import Contexts
from countersign.payments.intent import Intent, read_intent
from countersign.payments.machine import move
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.status import Status
from countersign.payments.tell_decision import tell_decision
from countersign.spc import trust
from countersign.spc.trust_record import Scope


def finish_payment(
    contexts: Contexts, installation: Installation, record: PaymentRecord, found: Mapping[str, Any]
) -> PaymentRecord:
    """Store the end of a payment by its PaymentIntent (`found`), after all that follows from it:
    what is left undone by a crash is done again. Raises `Changed` and `Unavailable`.
    """
    intent = read_intent(found)
    if intent.is_captured and not _is_foreign(record):
        _vouch(contexts, record, intent)
    tell_decision(contexts, installation, record, found)
    after = _ended(record, intent, contexts.payments.now())
    if after.unproven:
        count("PaymentUnproven")
        logger.error("captured by somebody else", extra={"payment": record.id})
    ended = store.save(contexts.payments.table, record, after)
    return record_money(contexts, ended, intent)


def end_at_once(contexts: Contexts, record: PaymentRecord, reason: str) -> PaymentRecord:
    """End a payment of which nothing is at Stripe that could be paid. Raises `Changed`."""
    now = contexts.payments.now()
    after = move(record, "cancel_at_once", "canceled", now, {"reason": reason}, reason=reason)
    return store.save(contexts.payments.table, record, after)


def record_money(contexts: Contexts, record: PaymentRecord, intent: Intent) -> PaymentRecord:
    """Store what has become of the money of a payment that has ended: refunds, disputes, and a
    capture by somebody else of what we had given up. Each is a write of its own, because each is
    told by an event of its own.
    """
    unproven = record.unproven or (intent.is_captured and record.status != "succeeded")
    now, money = contexts.payments.now(), intent.money_after(record.money)
    captured = _without_aftermath(money, record.money)
    for known in (captured, replace(captured, refunded=money.refunded), money):
        if (record.money, record.unproven) == (known, unproven):
            continue
        after = move(record, "record", record.status, now, money=known, unproven=unproven)
        record = store.save(contexts.payments.table, record, after)
    return record


def _without_aftermath(money: Money, known: Money = NO_MONEY) -> Money:
    """Return what was captured, with no refund and no dispute but those that are known."""
    return replace(money, refunded=known.refunded, disputed=known.disputed)


def _is_foreign(record: PaymentRecord) -> bool:
    """Whether a capture was not ours."""
    return record.settle is None or record.settle.kind != "capture"


def _ended(record: PaymentRecord, intent: Intent, now: int) -> PaymentRecord:
    status: Status = "succeeded"
    chosen, unproven = record.settle, intent.is_captured and _is_foreign(record)
    reason = None
    if intent.is_captured and intent.amount_received != record.order.amount:
        unproven = True
    if intent.is_canceled:
        is_ours = chosen is not None and chosen.kind == "cancel"
        status = chosen.ends_as if chosen and is_ours else "canceled"
        reason = chosen.reason if chosen and is_ours else _foreign_reason(intent)
    facts = {"reason": reason} if reason else {}
    attempt = record.attempt
    if attempt is not None and not attempt.ended:
        attempt = replace(attempt, ended=True, ended_at=now)
    return move(
        record,
        "finish",
        status,
        now,
        facts,
        money=_without_aftermath(intent.money_after(record.money)),
        unproven=unproven,
        reason=reason,
        attempt=attempt,
    )


def _foreign_reason(intent: Intent) -> str:
    """Return why Stripe, or the merchant there, has canceled it: an `automatic` cancellation is the
    end of a hold.
    """
    given = intent.cancellation_reason
    return "hold_expired" if given in ("automatic", "expired") else "canceled_at_stripe"


def _vouch(contexts: Contexts, record: PaymentRecord, intent: Intent) -> None:
    """Trust the browser that confirmed this payment, where the card's issuer has challenged the
    payer and authenticated them.
    """
    money, card = intent.money_after(NO_MONEY), intent.charge.card if intent.charge else None
    passed = (money.three_d_secure, money.authentication_flow) == ("authenticated", "challenge")
    ceremony = spc_ceremony.load(contexts, record) if passed and card else None
    if ceremony is None or ceremony.confirmation is None or card is None:
        return
    order = record.order
    scope = Scope(order.account_id, order.installation, card.fingerprint)
    spc = contexts.decisions.spc
    earned = trust.earn(spc.table, ceremony, scope, spc.now())
    logger.info("a challenge was passed", extra={"payment": record.id, "trusted": earned})
