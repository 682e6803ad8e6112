"""Attempt a payment: confirm its PaymentIntent with a card, or once more after the payer has acted.

Every attempt is claimed by a write that fails for all but one. The claim holds the whole request,
so a repetition is the same request with the same key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from countersign.aws.changes import Change
from countersign.aws.telemetry import logger
from countersign.http import deadline
from countersign.installs.installation import Installation
from countersign.payments import spc_ceremony, store
from countersign.payments.attempt import Attempt, AttemptKind
from countersign.payments.context import Contexts
from countersign.payments.end_attempt import Decline, decline_attempt, give_up_attempt
from countersign.payments.follow_intent import follow_intent, has_time
from countersign.payments.intent import read_intent
from countersign.payments.machine import move
from countersign.payments.make_intent import make_intent
from countersign.payments.mark_decision import mark_decision
from countersign.payments.on_account import NOT_CARRIED_OUT, on_account, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.refusals import card_refused
from countersign.payments.requests import confirm_params, resume_params, stripe_key
from countersign.problems import Problem, Unavailable
from countersign.step_up.decided_order import DecidedOrder
from countersign.stripe_api.calls import StripeKeyReused, StripeRefused

LEAST = 21.0
"""Seconds that have to be left of a request for an attempt: a confirmation may take 20."""
_WAITS = ("requires_payment_method", "requires_confirmation")
"""The statuses of a PaymentIntent that a confirmation has not reached, or has failed on."""
_CLAIMS: dict[AttemptKind, Literal["claim_attempt", "claim_resumption"]] = {
    "card": "claim_attempt",
    "resume": "claim_resumption",
}


@dataclass(frozen=True, slots=True)
class Attempted:
    """A payment after an attempt. `found` is its PaymentIntent, where it was read since: it holds
    its `client_secret`, so it is neither logged nor stored.
    """

    record: PaymentRecord
    found: Mapping[str, Any] | None = None


def attempt_card(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    decided: DecidedOrder,
    others: Sequence[Change],
) -> Attempted:
    """Confirm the card of a payment in `ready`, and return what became of it. The `others` belong
    in the transaction of the claim.

    Raises 503 `stripe_unavailable` where too little time is left, with nothing claimed; `Changed`,
    also where the payer's confirmation suffices no more; 422 `payment_refused` for a card that
    Stripe does not take; and as `make_intent` and `mark_decision` do.
    """
    check_time()
    made = make_intent(contexts, installation, record)
    marked = mark_decision(contexts, installation, made)
    check_time()
    card = marked.card
    if card is None:
        raise RuntimeError("no card was named")
    params, fingerprint = confirm_params(marked, card, decided), card.card.fingerprint
    changes = [*spc_ceremony.is_enough(contexts, marked), *others]
    claimed = _claim(contexts, marked, "card", params, fingerprint, changes)
    return _first(contexts, installation, claimed)


def resume(
    contexts: Contexts,
    installation: Installation,
    record: PaymentRecord,
    others: Sequence[Change],
) -> Attempted:
    """Confirm to the end what the payer has authenticated. Raises as `attempt_card` does."""
    check_time()
    fingerprint = record.attempt.fingerprint if record.attempt else None
    claimed = _claim(contexts, record, "resume", resume_params(), fingerprint, others)
    return _first(contexts, installation, claimed)


def repeat(contexts: Contexts, installation: Installation, record: PaymentRecord) -> Attempted:
    """Repeat an attempt whose outcome is not known, with the same key: Stripe carries it out once.
    What it came to is read first. Raises as `attempt_card` does.
    """
    found = read(contexts, installation, record)
    followed = follow_intent(contexts, installation, record, found)
    if followed is not record or found["status"] not in _WAITS:
        return Attempted(followed, found)
    check_time()
    return _send(contexts, installation, record)


def check_time() -> None:
    """Raise 503 `stripe_unavailable` where too little is left of this request for an attempt."""
    if deadline.remaining() < LEAST:
        raise Unavailable("stripe", retry_after=1)


def _claim(
    contexts: Contexts,
    record: PaymentRecord,
    kind: AttemptKind,
    params: dict[str, Any],
    fingerprint: str | None,
    others: Sequence[Change],
) -> PaymentRecord:
    now, last = contexts.payments.now(), record.attempt
    is_resumed = kind == "resume"
    attempt = Attempt(
        n=last.n + 1 if last else 1,
        kind=kind,
        # The payer has a quarter of an hour from the first confirmation on.
        at=last.at if last and is_resumed else now,
        params=params,
        fingerprint=fingerprint,
        seen=(last.failed_charge or last.seen) if last else None,
        resumed_at=now if is_resumed else None,
    )
    after = move(record, _CLAIMS[kind], "processing", now, {"n": attempt.n}, attempt=attempt)
    return store.save(contexts.payments.table, record, after, others)


def _first(contexts: Contexts, installation: Installation, record: PaymentRecord) -> Attempted:
    """Send a confirmation that was claimed just now. A refusal of whoever asks is the end of it:
    nothing was sent before.
    """
    try:
        return _send(contexts, installation, record)
    except NOT_CARRIED_OUT:
        give_up_attempt(contexts, record)
        raise


def _send(contexts: Contexts, installation: Installation, record: PaymentRecord) -> Attempted:
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
    except NOT_CARRIED_OUT:
        raise
    except (Problem, StripeKeyReused):
        logger.warning("an attempt is not answered", extra={"payment": record.id, "n": attempt.n})
        return _read(contexts, installation, record)
    if answer.replayed:  # as the first answer was: what has become of it since is read
        return _read(contexts, installation, record)
    followed = follow_intent(contexts, installation, record, answer.body)
    return Attempted(followed, answer.body)


def _refused(
    contexts: Contexts, installation: Installation, record: PaymentRecord, refused: StripeRefused
) -> Attempted:
    """A decline says so. Any other refusal is judged by what Stripe has: where nothing was tried,
    the card is at fault.
    """
    intent = read_intent(refused.payment_intent) if refused.payment_intent else None
    if refused.status == 402 and intent is not None and intent.awaits_card:
        why = Decline.answered(refused, intent)
        return Attempted(decline_attempt(contexts, installation, record, why))
    done = _read(contexts, installation, record)
    is_untouched = done.record is record and done.found is not None
    if is_untouched and done.found and done.found["status"] == "requires_payment_method":
        give_up_attempt(contexts, record)
        raise card_refused(refused.param, refused.code)
    return done


def _read(contexts: Contexts, installation: Installation, record: PaymentRecord) -> Attempted:
    """Return a payment as Stripe has it now, if it can be read; else the sweep reads it."""
    if not has_time():
        return Attempted(record)
    try:
        found = read(contexts, installation, record)
    except Problem:
        return Attempted(record)
    return Attempted(follow_intent(contexts, installation, record, found), found)
