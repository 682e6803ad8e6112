"""Check an install: Stripe's list of installs says whether the app is installed on an account, and
which of its permissions the merchant has agreed to.

The list is read with the deployment's own key alone, so it needs no permission of the merchant's,
and works for the app's developer only: https://docs.stripe.com/api/apps/installs/list.
"""

from typing import Any

from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.permissions import missing_permissions
from countersign.installs.platform import is_our_platform, remember_platform
from countersign.installs.store import learn, record_authorized
from countersign.problems import Problem
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.keys import deployment_is_live

PAUSE = 15
"""Seconds between two questions about what was not as it should be."""


def check_install(context: Context, installation: Installation) -> Installation:
    """Return an installation with what the list says of it. An install in the list confirms it:
    a live key lists live installs, a test key those of test mode. Without one, nothing changes.
    Raises what `call` raises.
    """
    listed = context.stripe.installs(context.settings.stripe_app_id, installation.account_id)
    return learn_listed(context, installation, listed)


def learn_listed(
    context: Context, installation: Installation, listed: StripeResponse
) -> Installation:
    """Return an installation with what the list of its account's installs says of it."""
    ours = standing_installs(listed.body, installation.account_id)
    if not ours:
        return learn(context.table, installation, {"checked_at": context.now()})
    remember_platform(context)
    granted = [name for entry in ours for name in entry["permissions_granted"]]
    members = {"permissions_missing": missing_permissions(granted), "checked_at": context.now()}
    found = learn(context.table, installation, members)
    if deployment_is_live() and not found.is_confirmed and listed.not_before is not None:
        _, found = record_authorized(
            context.table, installation.account_id, moment(listed.not_before)
        )
    return found


def try_check(context: Context, installation: Installation) -> Installation:
    """Return an installation as `check_install` does; as it was where Stripe's list cannot be read,
    or was read a moment ago.
    """
    if not context.settings.stripe_app_id or context.now() - installation.checked_at < PAUSE:
        return installation
    try:
        return check_install(context, installation)
    except (Problem, StripeRefused):
        return installation


def is_gone(context: Context, installation: Installation) -> bool:
    """Return whether Stripe's list has no install of the app on an account that Stripe has just
    refused us, in any status. `False` where the list cannot be read, or our key may be another
    platform's, whose list would be empty.
    """
    if not context.settings.stripe_app_id:
        return False
    try:
        listed = context.stripe.installs(context.settings.stripe_app_id, installation.account_id)
        return not listed.body["data"] and is_our_platform(context)
    except (Problem, StripeRefused):
        return False


def standing_installs(listed: dict[str, Any], account_id: str) -> list[dict[str, Any]]:
    """Return those of listed installs by which the app is installed on an account."""
    return [
        entry
        for entry in listed["data"]
        if entry["account"] == account_id and entry["status"] == "installed"
    ]
