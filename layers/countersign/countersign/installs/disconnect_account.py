"""Disconnect an account: the app is uninstalled at Stripe, and the account is free again."""

from collections.abc import Callable
from functools import partial

from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_found
from countersign.installs.store import record_uninstalled
from countersign.problems import Unavailable
from countersign.stripe_api.calls import AccountUnreachable, StripeRefused, StripeResponse
from countersign.stripe_api.event_order import moment


def disconnect_account(context: Context, installation: Installation) -> Installation:
    """Uninstall the app at Stripe and here. An installation that is over is returned as it is.

    Stripe may have uninstalled the app before, and has several ways to say so. The moment that is
    recorded is no later than Stripe's clock, so that a newer installation stays. Raises
    `Unavailable`, and 404 when another user has connected the account in the meantime.
    """
    if not installation.stands:
        return installation
    try:
        not_before = _uninstall_at_stripe(context, installation.account_id)
    except AccountUnreachable as lost:
        not_before = lost.not_before
    at = max(not_before or 0, installation.installed_at)
    _, found = record_uninstalled(context.table, installation.account_id, moment(at))
    if found.user != installation.user:
        raise not_found()
    return found


def _uninstall_at_stripe(context: Context, account_id: str) -> int | None:
    """End every install of our app on the account. Return a lower bound of when that happened, in
    Unix seconds by Stripe's clock.
    """
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
    """Return Stripe's response, or `None` where Stripe does not know the object (any more)."""
    try:
        return request()
    except StripeRefused as refused:
        if refused.status != 404:
            raise Unavailable("stripe") from refused
        return None
