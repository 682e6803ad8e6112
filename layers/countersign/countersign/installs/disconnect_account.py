"""Disconnecting an account: the app is uninstalled at Stripe, and the account is free again."""

from collections.abc import Callable
from functools import partial

from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_found
from countersign.installs.store import uninstall
from countersign.problems import Unavailable
from countersign.stripe_api.calls import AccountLost, StripeRefused, StripeResponse
from countersign.stripe_api.event_order import moment


def release(context: Context, held: Installation) -> Installation:
    """Uninstall at Stripe and here; one that is over already is returned as it is.

    It may be gone at Stripe before us, in any of the ways Stripe says so. What is noted is no later
    than Stripe's clock was, so that an installation begun since is left alone. Raises
    `Unavailable`, and 404 when somebody else has connected the account meanwhile.
    """
    if not held.stands:
        return held
    try:
        not_before = _uninstall_at_stripe(context, held.account_id)
    except AccountLost as lost:
        not_before = lost.not_before
    at = max(not_before or 0, held.installed_at)
    _, released = uninstall(context.table, held.account_id, moment(at))
    if released.user != held.user:
        raise not_found()
    return released


def _uninstall_at_stripe(context: Context, account_id: str) -> int | None:
    """End every install of our app on the account; a lower bound of when, by Stripe's clock."""
    listed = _unless_gone(
        partial(context.stripe.installs, context.settings.stripe_app_id, account_id)
    )
    if listed is None:
        return None
    not_before = listed.not_before
    ours = [entry for entry in listed.body["data"] if entry["account"] == account_id]
    for install in ours:
        ended = _unless_gone(partial(context.stripe.uninstall, install["id"]))
        not_before = ended.not_before if ended else not_before
    return not_before


def _unless_gone(request: Callable[[], StripeResponse]) -> StripeResponse | None:
    """Stripe's answer, `None` where it knows nothing of the kind (any more)."""
    try:
        return request()
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from refused
        return None
