"""Attempt a payment: confirm its PaymentIntent with a card, or once more after the payer has acted.

Every attempt is claimed by a write that fails for all but one. The claim holds the whole request,
so a repetition is the same request with the same key.
"""

from collections.abc import Sequence
from typing import Any

from countersign.aws.changes import Change
from countersign.aws.telemetry import logger
from countersign.http import deadline
from countersign.http.idempotency import IdempotencyKey, remember_change
from countersign.installs.installation import Installation
from countersign.payments import store
from countersign.payments.attempt import Attempt
from countersign.payments.context import Contexts
from countersign.payments.follow_intent import (
    NEEDS,
    decline,
    follow_intent,
    give_up_attempt,
)
from countersign.payments.intent import read_intent
from countersign.payments.machine import move
from countersign.payments.make_intent import make_intent
from countersign.payments.on_account import on_account, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.proof import enough
from countersign.payments.requests import confirm_params, marks, resume_params, stripe_key
from countersign.problems import Problem, Unavailable
from countersign.step_up.decided_order import DecidedOrder
from countersign.stripe_api.calls import (
    AccountUnreachable,
    PermissionMissing,
    StripeKeyReused,
    StripeRefused,
)

LEAST = 21.0
"""Seconds that have to be left of a request for an attempt: a confirmation may take 20."""
SECOND_TRY_AFTER = 30
"""Seconds after which the request that claimed an attempt has ended: another may repeat it."""


def attempt_card(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    decided: DecidedOrder,
    key: IdempotencyKey,
) -> PaymentRecord:
    """Confirm the card of a payment in `ready`, and return what became of it.

    Raises 503 `stripe_unavailable` where too little time is left, with nothing claimed; `Changed`;
    `TransactionRefused` where the payer's confirmation suffices no more; and as `make_intent` does.
    """
    _check_time()
    record = make_intent(contexts, installation, record)
    if record.payment_intent is None:
        raise Unavailable("stripe")  # Stripe has failed: the next attempt creates it anew
    if record.card is None or record.status != "ready":
        return record
    record = _with_present_decision(contexts, installation, record)
    _check_time()
    card = record.card
    if card is None:
        raise RuntimeError("no card was named")
    params = confirm_params(record, card, decided)
    fingerprint = card.card.fingerprint
    return _confirm(
        contexts, installation, record, "claim_attempt", params, fingerprint,
        [*enough(contexts, record), remember_change(key, record.id)],
    )  # fmt: skip


def resume(
    contexts: Contexts, installation: Installation, record: PaymentRecord, key: IdempotencyKey
) -> PaymentRecord:
    """Confirm to the end what the payer has authenticated. Raises as `attempt_card` does."""
    _check_time()
    fingerprint = record.attempt.fingerprint if record.attempt else None
    return _confirm(
        contexts, installation, record, "claim_resumption", resume_params(), fingerprint,
        [remember_change(key, record.id)],
    )  # fmt: skip


def repeat(contexts: Contexts, installation: Installation, record: PaymentRecord) -> PaymentRecord:
    """Repeat an attempt whose outcome is not known, with the same key: Stripe carries it out once.
    What it came to is read first.
    """
    found = read(contexts, installation, record)
    followed = follow_intent(contexts, installation, record, found)
    is_unknown = followed is record and followed.attempt is not None and not followed.attempt.ended
    if not is_unknown or found["status"] not in (
        "requires_payment_method",
        "requires_confirmation",
    ):
        return followed
    _check_time()
    return _send(contexts, installation, record)


def _check_time() -> None:
    if deadline.remaining() < LEAST:
        raise Unavailable("stripe", retry_after=1)


def _with_present_decision(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    """Return a payment whose PaymentIntent names the present decision. Setting it again changes
    nothing, so it needs no claim.
    """
    intent_id = record.payment_intent
    if intent_id is None or record.marked == record.decision:
        return record
    params = {"metadata": marks(record)}
    on_account(contexts, installation, lambda c, account: c.update(account, intent_id, params))
    now = contexts.payments.now()
    after = move(record, "record", record.status, now, marked=record.decision)
    return store.save(contexts.payments.table, record, after)


def _confirm(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    claim: Any,
    params: dict[str, Any],
    fingerprint: str | None,
    others: Sequence[Change],
) -> PaymentRecord:
    """Claim the next attempt, and make it."""
    now, last = contexts.payments.now(), record.attempt
    attempt = Attempt(
        n=last.n + 1 if last else 1,
        kind="card" if claim == "claim_attempt" else "resume",
        # The payer has a quarter of an hour from the first confirmation on.
        at=now if claim == "claim_attempt" or last is None else last.at,
        params=params,
        fingerprint=fingerprint,
        seen=last.failed_charge if last else None,
    )
    after = move(record, claim, "processing", now, {"n": attempt.n}, attempt=attempt)
    claimed = store.save(contexts.payments.table, record, after, others)
    return _send(contexts, installation, claimed)


def _send(contexts: Contexts, installation: Installation, record: PaymentRecord) -> PaymentRecord:
    """Send the confirmation that was claimed, and return what became of it. What is not answered is
    read at once if there is time, else by the sweep.
    """
    attempt, intent_id = record.attempt, record.payment_intent
    if attempt is None or intent_id is None:
        raise RuntimeError("no attempt was claimed")
    params = dict(attempt.params)
    key = stripe_key(contexts.payments.settings.deployment, record, f"confirm{attempt.n}")
    try:
        answer = on_account(
            contexts, installation, lambda c, account: c.confirm(account, intent_id, params, key)
        )
    except StripeRefused as refused:
        return _refused(contexts, installation, record, refused)
    except (AccountUnreachable, PermissionMissing):
        give_up_attempt(contexts, record, attempt)  # it was refused before it was carried out
        raise
    except (Problem, StripeKeyReused) as unknown:
        logger.warning("an attempt is not answered", extra={"payment": record.id, "n": attempt.n})
        if isinstance(unknown, Problem) and unknown.status == 500:
            raise
        return _read_once(contexts, installation, record)
    if answer.replayed:
        return _read_once(contexts, installation, record)
    return follow_intent(contexts, installation, record, answer.body)


def _refused(
    contexts: Contexts, installation: Installation, record: PaymentRecord, refused: StripeRefused
) -> PaymentRecord:
    """A decline has its code; any other refusal is judged by what Stripe has."""
    attempt = record.attempt
    declined = read_intent(refused.payment_intent) if refused.payment_intent else None
    if refused.status == 402 and declined is not None and declined.awaits_card:
        return decline(contexts, installation, record, declined)
    found = read(contexts, installation, record) if deadline.remaining() >= NEEDS else None
    if found is None:
        return record
    followed = follow_intent(contexts, installation, record, found)
    if followed is record and attempt is not None and found["status"] == "requires_payment_method":
        # Stripe did not take the card: nothing was tried with it.
        return give_up_attempt(contexts, record, attempt)
    return followed


def _read_once(
    contexts: Contexts, installation: Installation, record: PaymentRecord
) -> PaymentRecord:
    if deadline.remaining() < NEEDS:
        return record
    try:
        found = read(contexts, installation, record)
    except Problem:
        return record
    return follow_intent(contexts, installation, record, found)
