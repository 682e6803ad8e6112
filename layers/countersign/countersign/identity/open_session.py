"""Opening a session: one a user, whatever crashes, races or fails (design, decision 5)."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from countersign.identity import slots
from countersign.identity.attempts import recent, wait_before_next
from countersign.identity.context import Context
from countersign.identity.create_at_stripe import (
    Session,
    Wish,
    create,
    wanted_slot,
)
from countersign.identity.slots import Slot, SlotMoved
from countersign.identity.snapshot import from_read, key
from countersign.identity.store import keep
from countersign.problems import Invalid, Problem, Unavailable, in_progress
from countersign.stripe_api.calls import StripeFailed, StripeRefused

ROUNDS = 3
"""How often one request follows a slot that others move, or a generation that failed."""


def open_session(context: Context, wish: Wish) -> Session:
    """The one open session of this user as Stripe has just told it, with a fresh secret and url.

    Raises 409 `verification_in_progress`, `already_verified` or `request_in_progress`, 429
    `too_many_attempts`, 422 for details that Stripe refuses, and `Unavailable`.
    """
    slot: Slot | None = None
    for _ in range(ROUNDS):
        try:
            slot = slot or slots.claim(context.table, wanted_slot(context, wish))
            step = create if slot.session_id is None else _resume
            session, slot = step(context, wish, slot)
            if session is not None:
                return _hand_over(context, wish, slot, session)
        except SlotMoved:
            slot = None
    if slot is not None and slot.session_id is None:
        raise StripeFailed
    raise in_progress()


def reopen(context: Context, user: str, session_id: str) -> Session:
    """A session that was opened before, for a repeated request; its secret and url are fresh.

    Raises as `open_session` does, and 409 `verification_session_closed` when it has ended since.
    """
    slot = slots.load(context.table, slots.slot_key(user))
    if slot is not None and slot.session_id == session_id:
        session, marks = _look(context, slot)
        if session is not None:
            return _still_open(context, session, marks)
    raise Problem(
        409, "verification_session_closed", "The session of this key has ended; use a new key."
    )


def _resume(context: Context, wish: Wish, slot: Slot) -> tuple[Session | None, Slot]:
    """Go on with the session of a bound slot, or with the next one: Stripe's status decides."""
    session, marks = _look(context, slot)
    if session is not None:
        return _still_open(context, session, marks), slot
    _check_attempts(context, marks)
    wanted = replace(wanted_slot(context, wish), checks=frozenset(recent(marks, context.now())))
    return None, slots.advance(context.table, slot, wanted)


def _look(context: Context, slot: Slot) -> tuple[Session | None, AbstractSet[str]]:
    """The session of a bound slot at Stripe, `None` if it has ended, and the checks that count."""
    session_id = str(slot.session_id)
    try:
        response = context.stripe.retrieve(session_id)
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from refused
        return None, _checks_of(context, slot)
    snapshot = from_read(response.body, response.not_before)
    keep(context.table, snapshot, awake=True)
    ended = snapshot.status in ("canceled", "redacted")
    return (None if ended else response.body), _checks_of(context, slot)


def _checks_of(context: Context, slot: Slot) -> AbstractSet[str]:
    """The marks of all checks that may still count, of sessions before this one too: an event may
    come when its session has long been followed by the next.
    """
    pks = [key(session_id) for session_id in (str(slot.session_id), *slot.earlier)]
    items = context.table.get_many(pks).values()
    return slot.checks.union(*(item.get("reports", ()) for item in items))


def _still_open(context: Context, session: Session, marks: AbstractSet[str]) -> Session:
    """The session, unless there is nothing to submit now, or there was too much already."""
    if session["status"] == "verified":
        raise Problem(409, "already_verified", "This user is verified already.")
    if not session.get("client_secret"):
        raise in_verification()
    _check_attempts(context, marks)
    return session


def _check_attempts(context: Context, marks: AbstractSet[str]) -> None:
    wait = wait_before_next(marks, context.settings.max_verification_attempts, context.now())
    if wait > 0:
        raise Problem(
            429,
            "too_many_attempts",
            "The number of checks that is allowed within 24 hours has been reached.",
            headers={"Retry-After": str(wait)},
        )


def _hand_over(context: Context, wish: Wish, slot: Slot, session: Session) -> Session:
    """Note where the visitor goes on to, and give Stripe the details of this request."""
    if wish.return_url is not None:
        slots.send_back_to(context.table, slot, wish.return_url)
    if not wish.details:
        return session
    try:
        updated = context.stripe.update(session["id"], {"provided_details": wish.details}).body
    except StripeRefused as refused:
        if "provided_details" in (refused.param or ""):
            raise Invalid([_refused_detail(refused)]) from refused
        raise in_progress() from refused  # submitted or ended meanwhile: the retry will see which
    return session | {name: updated[name] for name in _SECRETS if updated.get(name)}


_SECRETS = ("client_secret", "url")


def _refused_detail(refused: StripeRefused) -> Any:
    member = "phone" if "phone" in (refused.param or "") else "email"
    return {"pointer": f"/{member}", "message": "is refused by Stripe"}


def in_verification() -> Problem:
    """409: Stripe is checking what the user has submitted."""
    return Problem(409, "verification_in_progress", "The last submission is still being checked.")
