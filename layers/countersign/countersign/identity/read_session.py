"""Reading a session: from what is stored, asking Stripe while it is open so that a page is right
even before the webhook.
"""

from countersign.aws.items import Item
from countersign.identity import slots
from countersign.identity.context import Context
from countersign.identity.snapshot import (
    from_read,
    id_of,
    is_open,
    key,
)
from countersign.identity.store import keep, may_ask_again
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from countersign.stripe_api.events import is_id


def own_session(context: Context, user: str, session_id: str) -> Item:
    """The stored session of this user; 404 for everybody else's, as for one that does not exist."""
    item = stored_session(context, session_id)
    if item.get("user") != user:
        raise not_found()
    return item


def stored_session(context: Context, session_id: str) -> Item:
    """A stored session, whosever it is; raises 404."""
    item = context.table.get(key(session_id)) if is_id(session_id) else None
    if item is None:
        raise not_found()
    return item


def current_session_id(context: Context, user: str) -> str:
    """The session that the user's slot is bound to; raises 404."""
    slot = slots.load(context.table, slots.slot_key(user))
    if slot is None or slot.session_id is None:
        raise not_found()
    return slot.session_id


def fresh(context: Context, item: Item) -> Item:
    """The session as Stripe has it now if it is open and it is time to ask, else as it is stored.

    A Stripe that is down changes nothing: what is stored is the answer.
    """
    if not is_open(item["status"]) or not may_ask_again(context.table, item, context.now()):
        return item
    try:
        response = at_stripe(context, item)
    except Problem:
        return item
    return keep(context.table, from_read(response.body, response.not_before)).item or item


def at_stripe(context: Context, item: Item, expand: tuple[str, ...] = ()) -> StripeResponse:
    """A stored session as Stripe has it now; 404 for one that Stripe no longer knows."""
    try:
        return context.stripe.retrieve(id_of(item), expand)
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from refused
        raise not_found() from refused


def not_found() -> Problem:
    """404: no such session, or not the caller's."""
    return Problem(404, "verification_session_not_found", "There is no such session of yours.")
