"""Limit the completed checks of a user.

A secret that was handed out works until it is used, so a visitor may hold several. They are worth
nothing once their session is canceled: when the limit of checks is reached, whoever learns of it
first, and when more secrets were handed out since the last check than a visitor needs.
"""

from collections.abc import Set as AbstractSet

from countersign.identity import slots, store
from countersign.identity.attempts import wait_before_next
from countersign.identity.context import Context
from countersign.identity.end_session import cancel_session
from countersign.identity.session import Session
from countersign.identity.slots import Slot
from countersign.problems import Problem

MOST_HANDOUTS = 20
"""Secrets that may be handed out of one session without a check, after the first."""


def known_marks(context: Context, slot: Slot) -> AbstractSet[str]:
    """Return the marks of all checks that may still count, of earlier sessions too: an event may
    arrive long after its session was followed by the next.
    """
    sessions = [session for session in (slot.session_id, *slot.earlier) if session]
    found = store.load_many(context.table, sessions)
    return slot.checks.union(*(session.reports for session in found.values()))


def require_check(context: Context, marks: AbstractSet[str]) -> None:
    """Raise 429 `too_many_attempts` for a user who may have no other check now."""
    wait = _wait(context, marks)
    if wait > 0:
        raise Problem(
            429,
            "too_many_attempts",
            "The number of checks allowed within 24 hours has been reached. Try again after the"
            " seconds in Retry-After.",
            headers={"Retry-After": str(wait)},
        )


def end_at_limit(context: Context, session: Session) -> Session:
    """Cancel a session that waits for another submission, if its user may have no other check, and
    return it.

    Raises as `cancel_session` does: until Stripe has canceled it, the secrets work.
    """
    if session.status != "requires_input" or session.user is None or not session.reports:
        return session
    slot = slots.load(context.table, slots.slot_key(session.user))
    marks = known_marks(context, slot) if slot else frozenset[str]()
    if not is_at_limit(context, marks | session.reports):
        return session
    return cancel_session(context, session)


def end_if_hoarded(context: Context, session: Session) -> bool:
    """Cancel a session of which too many secrets were handed out, and return whether it was."""
    if session.handouts <= MOST_HANDOUTS:
        return False
    cancel_session(context, session)
    return True


def is_at_limit(context: Context, marks: AbstractSet[str]) -> bool:
    """Return whether a user with these marks may have no other check now."""
    return _wait(context, marks) > 0


def _wait(context: Context, marks: AbstractSet[str]) -> int:
    return wait_before_next(marks, context.settings.max_verification_attempts, context.now())
