"""Ending a session: cancel while it needs input, or have Stripe erase what was collected.

https://docs.stripe.com/identity/verification-sessions#cancel and #redact: both can not be undone,
and neither is possible while Stripe is checking.
"""

from collections.abc import Callable
from typing import Any

from countersign.aws.items import Item
from countersign.identity.context import Context
from countersign.identity.open_session import in_verification
from countersign.identity.read_session import at_stripe
from countersign.identity.snapshot import from_read, id_of
from countersign.identity.store import keep
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeRefused, StripeResponse


def cancel(context: Context, item: Item) -> Item:
    """The canceled session; canceling again changes nothing.

    Raises 409 `verification_in_progress` or `already_verified`.
    """
    if item["status"] in ("canceled", "redacted"):
        return item
    session, ended = _end(context, item, context.stripe.cancel)
    if session["status"] == "verified":
        raise Problem(409, "already_verified", "A verified session can not be canceled.")
    return ended


def redact(context: Context, item: Item) -> Item:
    """The session whose redaction Stripe has accepted; it is `redacted` once Stripe says so.

    Raises 409 `verification_in_progress`, or `verification_session_closed` for a canceled one,
    which Stripe does not redact.
    """
    if item["status"] == "redacted":
        return item
    session, ended = _end(context, item, context.stripe.redact)
    if not session.get("redaction"):
        raise Problem(409, "verification_session_closed", "A canceled session is not redacted.")
    return ended


def _end(
    context: Context, item: Item, request: Callable[[str], StripeResponse]
) -> tuple[dict[str, Any], Item]:
    """Ask Stripe to end a session; what it refuses for its state is answered by that state, as
    Stripe tells it and as it is stored then.
    """
    try:
        response = request(id_of(item))
    except StripeRefused:
        response = at_stripe(context, item)
    kept = keep(context.table, from_read(response.body, response.not_before)).item or item
    if response.body["status"] == "processing":
        raise in_verification()
    return response.body, kept
