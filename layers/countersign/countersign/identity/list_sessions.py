"""List the deployment's sessions for the business itself, from Stripe's own list."""

from typing import Any

from msgspec import Struct

from countersign.identity import store
from countersign.identity.context import Context
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot, is_ours
from countersign.identity.stripe_calls import StripeSession
from countersign.problems import Invalid
from countersign.stripe_api.calls import StripeRefused

_AT_STRIPE = ("requires_input", "processing", "verified", "canceled")


class SessionQuery(Struct, frozen=True):
    """What to list: `limit` 1 to 100, `cursor` the `next_cursor` of the page before."""

    user_id: str | None = None
    status: str | None = None
    cursor: str | None = None
    limit: int = 20


def list_sessions(context: Context, query: SessionQuery) -> dict[str, Any]:
    """Return one page of this deployment's sessions, newest first, as `data` and `next_cursor`.

    A page may hold fewer than `limit` sessions, even none, while `next_cursor` names a next one:
    Stripe's list also holds sessions of others, and has no filter for redacted ones.

    Raises 422 for a cursor that Stripe does not know, and `Unavailable`.
    """
    try:
        page = context.stripe.list(_params(query))
    except StripeRefused as refused:
        message = "is not a cursor of this list"
        raise Invalid([{"pointer": "/cursor", "message": message}]) from refused
    sessions = page.body["data"]
    stored = store.load_many(context.table, [session["id"] for session in sessions])
    views = []
    for session in sessions:
        known = stored.get(session["id"])
        has_owner = known is not None and known.user is not None
        if has_owner or is_ours(session, context.settings.deployment):
            views.append(_listed(session, known).view())
    last = sessions[-1]["id"] if sessions and page.body["has_more"] else None
    wanted = [view for view in views if query.status in (None, view["status"])]
    return {"data": wanted, "next_cursor": last}


def _params(query: SessionQuery) -> dict[str, Any]:
    params: dict[str, Any] = {"limit": query.limit}
    if query.user_id:
        params["client_reference_id"] = query.user_id
    if query.status in _AT_STRIPE:
        params["status"] = query.status
    if query.cursor:
        params["starting_after"] = query.cursor
    return params


def _listed(session: StripeSession, known: Session | None) -> Session:
    """Return Stripe's state with what only we know: the attempt of an erased session, and when the
    session last changed.
    """
    seen = Snapshot.from_read(session, None)
    return Session(
        id=seen.id,
        ord=known.ord if known else seen.ord,
        status=seen.status,
        livemode=seen.livemode,
        created=seen.created,
        last_error=seen.last_error,
        attempt=seen.attempt or (known.attempt if known else None),
    )
