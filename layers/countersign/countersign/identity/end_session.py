"""End a session: cancel it while it needs input, or have Stripe erase what was collected.

Both are final, and neither is possible while Stripe is checking
(https://docs.stripe.com/identity/verification-sessions#cancel and #redact).
"""

from collections.abc import Callable

from countersign.identity.context import Context
from countersign.identity.read_session import retrieve_session
from countersign.identity.refusals import verification_in_progress
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from countersign.identity.stripe_calls import StripeSession
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeRefused, StripeResponse


def cancel_session(context: Context, session: Session) -> Session:
    """Cancel a session and return it; canceling it again changes nothing.

    Raises 409 `verification_in_progress` or `already_verified`.
    """
    if session.status in ("canceled", "redacted"):
        return session
    at_stripe, ended = _end(context, session, context.stripe.cancel)
    if at_stripe["status"] == "verified":
        raise Problem(
            409, "already_verified", "A verified session cannot be canceled. Redact it instead."
        )
    return ended


def redact_session(context: Context, session: Session) -> Session:
    """Have Stripe redact a session and return it; it is `redacted` once Stripe says so. A redaction
    that is under way is not asked for again.

    Raises 409 `verification_in_progress`, or `verification_session_closed` for a canceled session,
    which Stripe does not redact.
    """
    if session.status == "redacted" or session.redacting:
        return session
    at_stripe, ended = _end(context, session, context.stripe.redact)
    if not at_stripe.get("redaction"):
        raise Problem(
            409,
            "verification_session_closed",
            "Stripe does not redact a canceled session. There is nothing more to do.",
        )
    return ended


def _end(
    context: Context, session: Session, request: Callable[[str], StripeResponse]
) -> tuple[StripeSession, Session]:
    """Ask Stripe to end a session; return it as Stripe has it and as it is stored then. If Stripe
    refuses because of the session's state, that state is read instead.
    """
    try:
        response = request(session.id)
    except StripeRefused:
        response = retrieve_session(context, session)
    snapshot = Snapshot.from_read(response.body, response.not_before)
    ended = store_snapshot(context.table, snapshot).session
    if response.body["status"] == "processing":
        raise verification_in_progress()
    return response.body, ended
