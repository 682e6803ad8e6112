"""Read a session that has stayed open for a while: neither an event nor a page may have said how it
ended.
"""

from countersign.aws.due_index import next_read
from countersign.aws.redate import RETRY, redate
from countersign.identity.context import Context
from countersign.identity.refresh_session import read_open_session
from countersign.identity.refusals import session_not_found
from countersign.identity.session import Session
from countersign.identity.snapshot import READ_FOR
from countersign.problems import Problem


def read_due_session(context: Context, pk: str, seen: int) -> bool:
    """Read the session that was due at `seen` from Stripe, and return whether Stripe knew more than
    was stored. One that somebody else reads now is left alone.

    Raises what reading raises: the session then comes again in a while.
    """
    item = redate(context.table, pk, seen, context.now() + RETRY)
    if item is None:
        return False
    before = Session.from_item(item)
    try:
        after = read_open_session(context, before) if before.is_open else before
    except Problem as problem:
        if problem.code != session_not_found().code:
            raise
        after = before
    _date_next(context, pk, after)
    return after.known != before.known


def _date_next(context: Context, pk: str, session: Session) -> None:
    """Say when the session is read next: the state that was stored did, unless it was no newer."""
    at = next_read(session.created, context.now(), READ_FOR) if session.is_open else None
    if session.due_at is not None and session.due_at != at:
        redate(context.table, pk, session.due_at, at)
