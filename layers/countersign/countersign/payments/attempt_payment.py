"""Attempt a payment: confirm its PaymentIntent with a card, or once more after the payer has acted.

Every attempt is claimed by a write that fails for all but one. The claim holds the whole request,
so a repetition is the same request with the same key.
"""

from collections.abc import Sequence
from typing import Any, Literal

from countersign.aws.changes import Change
from countersign.http import deadline
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_installed
from countersign.payments import spc_ceremony, store
from countersign.payments.attempt import Attempt, AttemptKind
from countersign.payments.closing import is_closing_now
from countersign.payments.context import Contexts
from countersign.payments.end_attempt import give_up_attempt
from countersign.payments.follow_intent import follow_intent
from countersign.payments.machine import move
from countersign.payments.make_intent import make_intent
from countersign.payments.mark_decision import mark_decision
from countersign.payments.on_account import NOT_CARRIED_OUT, read
from countersign.payments.payment_record import PaymentRecord
from countersign.payments.requests import confirm_params, resume_params
from countersign.payments.send_attempt import Attempted, send_attempt
from countersign.problems import Unavailable
from countersign.step_up.decided_order import DecidedOrder

LEAST = 21.0
"""Seconds that have to be left of a request for an attempt: a confirmation may take 20."""
_WAITS = ("requires_payment_method", "requires_confirmation")
"""The statuses of a PaymentIntent that a confirmation has not reached, or has failed on."""
_CLAIMS: dict[AttemptKind, Literal["claim_attempt", "claim_resumption"]] = {
    "card": "claim_attempt",
    "resume": "claim_resumption",
}


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
    return send_attempt(contexts, installation, record)


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
    nothing was sent before. Raises 409 `not_installed` where the installation is about to end.
    """
    if is_closing_now(contexts, installation):
        give_up_attempt(contexts, record)
        raise not_installed()
    try:
        return send_attempt(contexts, installation, record)
    except NOT_CARRIED_OUT:
        give_up_attempt(contexts, record)
        raise
