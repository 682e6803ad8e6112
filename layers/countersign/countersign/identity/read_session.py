"""Read a session: from the table, and from Stripe while it is open.

Asking Stripe makes a page right even before the webhook arrives.
"""

from countersign.identity import slots, store
from countersign.identity.context import Context
from countersign.identity.refusals import session_not_found
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.problems import Problem, Unavailable
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
    if session is None:
        raise session_not_found()
    return session


def read_current_session_id(context: Context, user: str) -> str:
    """Return the session that the user's slot is bound to; raises 404."""
    slot = slots.load(context.table, slots.slot_key(user))
    if slot is None or slot.session_id is None:
        raise session_not_found()
    return slot.session_id


def refresh_session(context: Context, session: Session) -> Session:
    """Return an open session as Stripe has it now if it is time to ask, else as it is stored.

    When Stripe is down, the stored session is returned.
    """
    if not session.is_open or not store.claim_read(context.table, session, context.now()):
        return session
    try:
        response = retrieve_session(context, session)
    except Problem:
        return session
    snapshot = Snapshot.from_read(response.body, response.not_before)
    return store.store_snapshot(context.table, snapshot).session


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
