"""Settle a payment: capture it or cancel it, as it was chosen once."""

from collections.abc import Mapping
from typing import Any, Literal

from countersign.aws.telemetry import count, logger
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import SettleKind, Settlement
from countersign.payments.context import Contexts
from countersign.payments.finish_payment import finish_payment
from countersign.payments.intent import FINAL
from countersign.payments.machine import move
from countersign.payments.on_account import NOT_CARRIED_OUT, as_permitted, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import ending_key, settle_params
from countersign.payments.stripe_calls import Expand, StripeCalls
from countersign.problems import Problem
from countersign.stripe_api.calls import PermissionMissing, StripeRefused, StripeResponse
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
    chosen = choose(contexts, record, kind, reason, ends_as, moved=moved)
    return try_carry_out(contexts, installation, chosen)


def choose(
    contexts: Contexts,
    record: PaymentRecord,
    kind: SettleKind,
    reason: str,
    ends_as: Literal["succeeded", "canceled", "failed"] = "canceled",
    *,
    moved: PaymentRecord | None = None,
) -> PaymentRecord:
    """Store the choice to capture or to cancel, taken once. Raises as `settle_payment` does."""
    now = contexts.payments.now()
    chosen = Settlement(kind, now, reason, "succeeded" if kind == "capture" else ends_as)
    facts = {"kind": kind, "reason": reason}
    after = move(moved or record, "settle", "processing", now, facts, settle=chosen)
    logger.info("settling", extra={"payment": record.id, "kind": kind, "reason": reason})
    return store.save(contexts.payments.table, record, after)


def try_carry_out(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Do what was chosen, and return the payment as it was where that is not possible now."""
    try:
        return carry_out(contexts, installation, record)
    except NOT_CARRIED_OUT as problem:
        logger.warning("not settled yet", extra={"payment": record.id, "code": problem.code})
        return record


def carry_out(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Do what was chosen, and return the payment as it is then: ended, or still in `processing`
    where Stripe has not answered. Raises what stays until somebody mends it: a permission that is
    missing, an account that cannot be reached, or our own key.
    """
    if record.settle is None or record.payment_intent is None:
        raise RuntimeError("nothing was chosen")
    try:
        found = _call(contexts, installation, record, record.settle)
    except NOT_CARRIED_OUT:
        raise
    except Problem as problem:
        logger.warning("not settled yet", extra={"payment": record.id, "code": problem.code})
        return record
    if found["status"] in FINAL:
        return finish_payment(contexts, installation, record, found)
    return record


def _call(
    contexts: Contexts, installation: Installation, record: PaymentRecord, chosen: Settlement
) -> Mapping[str, Any]:
    """Return the PaymentIntent once the call was made. One that is not possible any more says that
    the PaymentIntent has ended otherwise: it is read.
    """
    intent_id = str(record.payment_intent)
    params = settle_params(chosen.kind, record, chosen.reason)
    deployment, now = contexts.payments.settings.deployment, contexts.payments.now()
    key = ending_key(deployment, record, f"settle {chosen.kind}", chosen.at, now)

    def send(stripe: StripeCalls, account: str, expand: Expand) -> StripeResponse:
        request = stripe.capture if chosen.kind == "capture" else stripe.cancel
        return request(account, intent_id, params, key, expand)

    try:
        answer = as_permitted(contexts, installation, send)
    except StripeRefused as refused:
        extra = {"payment": record.id, "kind": chosen.kind, "code": refused.code}
        logger.warning("Stripe refuses to settle", extra=extra)
        found = _as_read(contexts, installation, record, refused.payment_intent)
        if found["status"] not in FINAL:
            count("PaymentNotSettled")
        return found
    except StripeKeyReused:
        return read(contexts, installation, record)
    # A repeated response is as the first was; what has become of it since is read.
    if not answer.replayed:
        return answer.body
    return _as_read(contexts, installation, record, answer.body)


def _as_read(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    told: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    """Return the PaymentIntent as it is now, or as a response has told it where it may not be read
    at all. Raises as `read` does.
    """
    try:
        return read(contexts, installation, record)
    except PermissionMissing:
        if told is None:
            raise
        return told
