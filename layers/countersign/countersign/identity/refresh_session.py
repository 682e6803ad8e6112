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
        response = retrieve_session(context, session)
        snapshot = Snapshot.from_read(response.body, response.not_before)
        session = store.store_snapshot(context.table, snapshot).session
        return end_at_limit(context, session)
    except Problem:
        return session
