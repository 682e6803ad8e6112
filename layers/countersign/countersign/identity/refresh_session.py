"""Refresh a session from Stripe while it is open: a page is right even before the webhook."""

from countersign.identity import store
from countersign.identity.context import Context
from countersign.identity.limit_checks import end_at_limit
from countersign.identity.read_session import retrieve_session
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.problems import Problem


def refresh_session(context: Context, session: Session) -> Session:
    """Return an open session as Stripe has it now if it is time to ask, else as it is stored. One
    that has reached the limit of checks is canceled.

    When Stripe is down, or the caller has asked too often, the stored session is returned.
    """
    if not session.is_open or not store.claim_read(context.table, session, context.now()):
        return session
    try:
        return read_open_session(context, session)
    except Problem:
        return session


def read_open_session(context: Context, session: Session) -> Session:
    """Return an open session as Stripe has it now, and store it. One that has reached the limit of
    checks is canceled.

    Raises 404 `verification_session_not_found` if Stripe no longer knows it, `Unavailable`, and as
    `end_at_limit` does.
    """
    response = retrieve_session(context, session)
    snapshot = Snapshot.from_read(response.body, response.not_before)
    stored = store.store_snapshot(context.table, snapshot).session
    return end_at_limit(context, stored)
