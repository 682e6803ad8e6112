"""Settle a payment: capture it or cancel it, as it was chosen once."""

from typing import Any, Literal

from countersign.aws.telemetry import count, logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import SettleKind, Settlement
from countersign.payments.context import Contexts
from countersign.payments.finish_payment import finish_payment
from countersign.payments.intent import FINAL
from countersign.payments.machine import move
from countersign.payments.on_account import on_account, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import settle_params, stripe_key
from countersign.payments.stripe_calls import StripeCalls
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from countersign.stripe_api.refusals import StripeKeyReused


def settle_payment(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    kind: SettleKind,
    reason: str,
    ends_as: Literal["succeeded", "canceled", "failed"] = "canceled",
    *,
    moved: PaymentRecord | None = None,
) -> PaymentRecord:
    """Choose, once, to capture or to cancel, and do it. What Stripe does not answer is read later,
    and done again with the same key. `moved` is the payment after a move that is stored with the
    choice, in one write. Raises `Changed` where somebody else has chosen.
    """
    now = contexts.payments.now()
    chosen = Settlement(kind, now, reason, "succeeded" if kind == "capture" else ends_as)
    facts = {"kind": kind, "reason": reason}
    after = move(moved or record, "settle", "processing", now, facts, settle=chosen)
    logger.info("settling", extra={"payment": record.id, "kind": kind, "reason": reason})
    return carry_out(contexts, installation, store.save(contexts.payments.table, record, after))


def carry_out(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Do what was chosen, and return the payment as it is then: ended, or still in `processing`
    where Stripe has not answered.
    """
    if record.settle is None or record.payment_intent is None:
        raise RuntimeError("nothing was chosen")
    try:
        found = _call(contexts, installation, record, record.settle)
    except Problem as problem:
        logger.warning("not settled yet", extra={"payment": record.id, "code": problem.code})
        return record
    if found["status"] in FINAL:
        return finish_payment(contexts, installation, record, found)
    return record


def _call(
    contexts: Contexts, installation: Installation, record: PaymentRecord, chosen: Settlement
) -> dict[str, Any]:
    """Return the PaymentIntent once the call was made. One that is not possible any more says that
    the PaymentIntent has ended otherwise: it is read.
    """
    intent_id = str(record.payment_intent)
    params = settle_params(chosen.kind, record, chosen.reason)
    # A failure of Stripe's is saved with the key for a day. A PaymentIntent is settled
    # once, whatever the key: after an hour it is another one.
    hours = (contexts.payments.now() - chosen.at) // 3600
    call = f"settle {chosen.kind} {hours}"
    key = stripe_key(contexts.payments.settings.deployment, record, call)

    def send(stripe: StripeCalls, account: str) -> StripeResponse:
        request = stripe.capture if chosen.kind == "capture" else stripe.cancel
        return request(account, intent_id, params, key)

    try:
        answer = on_account(contexts, installation, send)
    except StripeRefused as refused:
        extra = {"payment": record.id, "kind": chosen.kind, "code": refused.code}
        logger.warning("Stripe refuses to settle", extra=extra)
        found = read(contexts, installation, record)
        if found["status"] not in FINAL:
            count("PaymentNotSettled")
        return found
    except StripeKeyReused:
        return read(contexts, installation, record)
    # A repeated response is as the first was; what has become of it since is read.
    return read(contexts, installation, record) if answer.replayed else answer.body
