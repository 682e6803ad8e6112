"""What the business itself may see: the list of sessions, and the verified outputs of one.

Both are read from Stripe at that moment; outputs are never stored.
"""

from dataclasses import dataclass
from typing import Any

from countersign.aws.items import Item
from countersign.identity.context import Context
from countersign.identity.read_session import at_stripe
from countersign.identity.snapshot import (
    from_read,
    is_ours,
    key,
    view,
)
from countersign.problems import Invalid, Problem
from countersign.stripe_api.calls import StripeRefused

_AT_STRIPE = ("requires_input", "processing", "verified", "canceled")


@dataclass(frozen=True, slots=True)
class Query:
    """What to list: `limit` 1 to 100, `cursor` the `next_cursor` of the page before."""

    user_id: str | None = None
    status: str | None = None
    cursor: str | None = None
    limit: int = 20


def list_sessions(context: Context, query: Query) -> dict[str, Any]:
    """One page of this deployment's sessions, newest first, from Stripe's own list.

    A page may hold fewer than `limit` sessions, even none, while `next_cursor` names a next one:
    Stripe's list also holds what is not ours, and knows no filter for redacted sessions.
    """
    try:
        page = context.stripe.list(_params(query))
    except StripeRefused as refused:
        message = "is not a cursor of this list"
        raise Invalid([{"pointer": "/cursor", "message": message}]) from refused
    sessions = page.body["data"]
    stored = context.table.get_many([key(session["id"]) for session in sessions])
    views = []
    for session in sessions:
        known = stored.get(key(session["id"]))
        named = known is not None and "user" in known
        if named or is_ours(session, context.settings.deployment):
            views.append(_listed(session, known))
    last = sessions[-1]["id"] if sessions and page.body["has_more"] else None
    wanted = [entry for entry in views if query.status in (None, entry["status"])]
    return {"data": wanted, "next_cursor": last}


def _params(query: Query) -> dict[str, Any]:
    params: dict[str, Any] = {"limit": query.limit}
    if query.user_id:
        params["client_reference_id"] = query.user_id
    if query.status in _AT_STRIPE:
        params["status"] = query.status
    if query.cursor:
        params["starting_after"] = query.cursor
    return params


def _listed(session: dict[str, Any], known: Item | None) -> dict[str, Any]:
    """Stripe's state, with what only we know: the attempt of an erased one, when it changed."""
    seen = from_read(session, None)
    shown = view(
        {
            "pk": key(seen.id),
            "ord": known["ord"] if known else seen.ord,
            "status": seen.status,
            "last_error": seen.last_error,
            "livemode": seen.livemode,
            "created": seen.created,
        }
    )
    return shown | {"attempt": seen.attempt or (known or {}).get("attempt", 1)}


def verified_outputs(context: Context, item: Item) -> dict[str, Any]:
    """The verified outputs of a session, as Stripe gives them to this key right now.

    Raises 409 `not_verified` while there are none.
    """
    response = at_stripe(context, item, expand=("verified_outputs",))
    outputs = response.body.get("verified_outputs")
    if from_read(response.body, response.not_before).status != "verified" or outputs is None:
        raise Problem(409, "not_verified", "Only a verified session has outputs.")
    return dict(outputs)
