"""Reach an account: a request with `Stripe-Account`, and what Stripe's answer says of the account.

A refusal of the account (`account_invalid`) proves no uninstallation: a wrong key of ours would
read as every merchant's. The account is unreachable, and keeps everything, until Stripe answers
again; it is uninstalled only where Stripe's list of installs says so too
(docs/decisions.md#one-holder-per-account).
"""

from collections.abc import Callable

from countersign.installs.check_install import PAUSE, is_gone, try_check
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_installed
from countersign.installs.store import learn, record_uninstalled
from countersign.problems import Problem
from countersign.stripe_api.calls import AccountUnreachable, PermissionMissing, StripeResponse
from countersign.stripe_api.event_order import moment


def reach_account(
    context: Context, installation: Installation, request: Callable[[str], StripeResponse]
) -> StripeResponse:
    """Send a request on behalf of an account; `request` gets the account.

    Raises what `call` raises: 409 `account_unreachable`, and 409 `permission_missing`, both
    recorded with the installation, and 409 `not_installed`.
    """
    try:
        response = request(installation.account_id)
    except AccountUnreachable as refused:
        raise _refused(context, installation, refused) from refused
    except PermissionMissing:
        try_check(context, installation)
        raise
    if not installation.reachable:
        # The request was sent after the refusal was stored, whatever the two clocks say.
        at = max(response.not_before or 0, installation.unreachable_at)
        learn(context.table, installation, {"reached": moment(at)})
    return response


def _refused(context: Context, installation: Installation, refused: AccountUnreachable) -> Problem:
    """Record that Stripe refused an account, at most every few seconds, and return what to say."""
    # It was refused after what is stored, and a newer installation in the meantime stays.
    stored = max(installation.installed_at, installation.reached_at)
    at = max(refused.not_before or 0, stored + 1)
    if not installation.reachable and at - installation.unreachable_at < PAUSE:
        return refused
    if is_gone(context, installation):
        at = max(refused.not_before or 0, installation.installed_at)
        _, found = record_uninstalled(context.table, installation.account_id, moment(at))
        return refused if found.stands else not_installed()
    learn(context.table, installation, {"unreachable": moment(at)})
    return refused
