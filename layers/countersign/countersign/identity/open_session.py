"""Open a session: one per user, whatever crashes, races or fails.

See docs/decisions.md#one-open-session-per-user.
"""

import contextlib
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from countersign.http.request_bucket import too_many_requests
from countersign.identity import slots, store
from countersign.identity.attempts import recent_marks
from countersign.identity.context import Context
from countersign.identity.create_at_stripe import create_at_stripe
from countersign.identity.end_session import cancel_session
from countersign.identity.limit_checks import (
    end_if_hoarded,
    is_at_limit,
    known_marks,
    require_check,
)
from countersign.identity.refusals import verification_in_progress
from countersign.identity.return_page import set_return_url
from countersign.identity.session_request import SessionRequest, requested_slot
from countersign.identity.slots import DAY, Slot, SlotMoved
from countersign.identity.snapshot import Snapshot
from countersign.identity.stripe_calls import StripeSession
from countersign.problems import Fault, Invalid, Problem, Unavailable, in_progress
from countersign.stripe_api.calls import StripeFailed, StripeRefused

ROUNDS = 3
"""How often one request follows a slot that others move, or a generation that failed."""

SESSIONS_A_DAY = 20
"""Sessions that one user may open on a day (UTC)."""

_SECRETS = ("client_secret", "url")


def open_session(context: Context, request: SessionRequest) -> StripeSession:
    """Return the one open session of this user from Stripe, with a fresh secret and url.

    Raises 409 `verification_in_progress`, `already_verified` or `request_in_progress`, 429
    `too_many_attempts` or `too_many_requests`, 422 for details that Stripe refuses, 500
    `verification_misconfigured`, and `Unavailable`.
    """
    slot: Slot | None = None
    for _ in range(ROUNDS):
        try:
            slot = slot or slots.claim(context.table, requested_slot(context, request))
            if slot.session_id is None:
                session, slot = create_at_stripe(context, request.user, slot)
            else:
                session, slot = _resume(context, request, slot)
            if session is not None:
                return _hand_over(context, request, slot, session)
        except SlotMoved:
            slot = None
    if slot is not None and slot.session_id is None:
        raise StripeFailed
    raise in_progress()


def reopen_session(context: Context, user: str, session_id: str) -> StripeSession:
    """Return a session that was opened before, for a repeated request, with a fresh secret and url.

    Raises as `open_session` does, and 409 `verification_session_closed` if it has ended since.
    """
    slot = slots.load(context.table, slots.slot_key(user))
    if slot is not None and slot.session_id == session_id:
        session, marks = _continued(context, slot)
        if session is not None:
            return session
        require_check(context, marks)
    raise Problem(
        409,
        "verification_session_closed",
        "The session of this idempotency key has ended. Send the request with a new key.",
    )


def _resume(
    context: Context, request: SessionRequest, slot: Slot
) -> tuple[StripeSession | None, Slot]:
    """Continue with the session of a bound slot, or begin the next: Stripe's status decides."""
    session, marks = _continued(context, slot)
    if session is not None:
        return session, slot
    require_check(context, marks)
    _require_day(context, slot)
    recent = frozenset(recent_marks(marks, context.now()))
    wanted = replace(requested_slot(context, request), checks=recent)
    return None, slots.advance(context.table, slot, wanted)


def _continued(context: Context, slot: Slot) -> tuple[StripeSession | None, AbstractSet[str]]:
    """Return the session of a bound slot from Stripe, `None` if it has ended or ends now, and the
    user's marks of checks. Raises for a session with which nothing can be submitted.
    """
    try:
        response = context.stripe.retrieve(str(slot.session_id))
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from refused
        return None, known_marks(context, slot)
    snapshot = Snapshot.from_read(response.body, response.not_before)
    stored = store.store_snapshot(context.table, snapshot, hands_out=True).session
    marks = known_marks(context, slot)
    if snapshot.status in ("canceled", "redacted"):
        return None, marks
    session = _submittable(response.body)
    if is_at_limit(context, marks):
        with contextlib.suppress(Problem):  # the webhook of the last check repeats it
            cancel_session(context, stored)
    require_check(context, marks)
    return (None if end_if_hoarded(context, stored) else session), marks


def _submittable(session: StripeSession) -> StripeSession:
    """Return a session unless nothing can be submitted now."""
    if session["status"] == "verified":
        detail = "This user is verified already. There is nothing more to do."
        raise Problem(409, "already_verified", detail)
    if not session.get("client_secret"):
        raise verification_in_progress()
    return session


def _require_day(context: Context, slot: Slot) -> None:
    """Raise 429 `too_many_requests` for a user who has opened as many sessions as a day allows."""
    now = context.now()
    if slot.opened_on(now // DAY) >= SESSIONS_A_DAY:
        raise too_many_requests(DAY - now % DAY)


def _hand_over(
    context: Context, request: SessionRequest, slot: Slot, session: StripeSession
) -> StripeSession:
    """Note where the visitor continues, and give Stripe the details of this request."""
    if request.return_url is not None:
        set_return_url(context.table, slot.return_handle, request.return_url, context.now())
    if not request.details:
        return session
    params = {"provided_details": request.details}
    try:
        updated = context.stripe.update(session["id"], params).body
    except StripeRefused as refused:
        if "provided_details" in (refused.param or ""):
            raise Invalid([_refused_detail(refused)]) from refused
        # The visitor has submitted or the session has ended meanwhile: the retry will see which.
        raise in_progress() from refused
    return session | {name: updated[name] for name in _SECRETS if updated.get(name)}


def _refused_detail(refused: StripeRefused) -> Fault:
    member = "phone" if "phone" in (refused.param or "") else "email"
    return {"pointer": f"/{member}", "message": "is refused by Stripe"}
