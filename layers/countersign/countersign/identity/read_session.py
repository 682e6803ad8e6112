"""Read a session: from the table, or from Stripe."""

from countersign.identity import slots, store
from countersign.identity.context import Context
from countersign.identity.refusals import session_not_found
from countersign.identity.session import Session
from countersign.problems import Unavailable
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from countersign.stripe_api.events import is_id


def read_own_session(context: Context, user: str, session_id: str) -> Session:
    """Return the stored session of this user.

    Raises the same 404 for a session of another user and for one that does not exist.
    """
    session = read_session(context, session_id)
    if session.user != user:
        raise session_not_found()
    return session


def read_session(context: Context, session_id: str) -> Session:
    """Return a stored session, whoever owns it; raises 404 `verification_session_not_found`."""
    session = store.load(context.table, session_id) if is_id(session_id) else None
    if session is None or session.is_expired(context.now()):
        raise session_not_found()
    return session


def read_current_session_id(context: Context, user: str) -> str:
    """Return the user's latest session; raises 404 for a user who has none. While the next one is
    being created, the latest is the one that has ended.
    """
    slot = slots.load(context.table, slots.slot_key(user))
    latest = slot.latest_session_id if slot else None
    if latest is None:
        raise session_not_found()
    return latest


def retrieve_session(
    context: Context, session: Session, expand: tuple[str, ...] = ()
) -> StripeResponse:
    """Return a stored session as Stripe has it now; raises 404 if Stripe no longer knows it."""
    try:
        return context.stripe.retrieve(session.id, expand)
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from refused
        raise session_not_found() from refused
