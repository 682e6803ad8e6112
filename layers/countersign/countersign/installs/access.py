"""Acting for a connected account: the one place that decides whether a caller may, and the one that
learns from Stripe that we no longer can.

https://docs.stripe.com/connect/authentication (`Stripe-Account`).
"""

from collections.abc import Callable

from countersign.installs.callback import is_account
from countersign.installs.context import Context
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_found, not_installed
from countersign.installs.store import confirm, load, uninstall
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import AccountLost, StripeRefused, StripeResponse
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.keys import deployment_is_live


def own(context: Context, user: str, account_id: str) -> Installation:
    """The installation that this user holds, or held last; raises 404 for everybody else."""
    found = load(context.table, account_id) if is_account(account_id) else None
    if found is None or found.user != user:
        raise not_found()
    return found


def acting_for(
    context: Context, subject: str, account_id: str, unknown: Callable[[], Problem] = not_found
) -> Installation:
    """The standing installation of an account that this subject may act for: as its holder, or as
    a client that its holder has listed.

    Raises 404 for everybody else, and 409 `not_installed` once it is over. The 404 is `unknown`,
    that of the resource which the caller asks for, so that it tells nothing of the account.
    """
    found = load(context.table, account_id) if is_account(account_id) else None
    if found is None or found.user is None or subject not in {found.user, *found.clients}:
        raise unknown()
    if not found.stands:
        raise not_installed()
    return found


def merchant(context: Context, account_id: str) -> Installation:
    """Return the merchant that anybody may ask about: the standing installation of an account,
    which in live mode Stripe has confirmed. Raises 404 for any other.
    """
    found = standing(context, account_id, not_found)
    if deployment_is_live() and not found.is_confirmed:
        raise not_found()
    return found


def standing(context: Context, account_id: str, over: Callable[[], Problem]) -> Installation:
    """Return the installation of an account for something that began while it stood; raises `over`
    once it does not stand any more.
    """
    found = load(context.table, account_id) if is_account(account_id) else None
    if found is None or not found.stands:
        raise over()
    return found


def confirmed(context: Context, held: Installation) -> Installation:
    """An installation that may be used: in live mode Stripe must have confirmed that the app is
    installed in that mode, or confirms it now. Raises as `on_behalf` does.
    """
    if deployment_is_live() and not held.is_confirmed:
        read_account(context, held)
    return held


def on_behalf(
    context: Context, held: Installation, request: Callable[[str], StripeResponse]
) -> StripeResponse:
    """Send a request with `Stripe-Account`; `request` gets the account.

    Raises 409 `not_installed` for an account that Stripe has taken from us, which is noted, and
    what `call` raises.
    """
    return _send(context, confirmed(context, held), request)


def read_account(context: Context, held: Installation) -> StripeResponse:
    """The connected account as Stripe has it, which confirms the installation; raises as
    `on_behalf` does.
    """
    try:
        response = _send(context, held, context.stripe.account)
    except StripeRefused as refused:
        raise Unavailable("stripe") from refused
    if not held.is_confirmed and response.not_before is not None:
        confirm(context.table, held.account_id, moment(response.not_before))
    return response


def _send(
    context: Context, held: Installation, request: Callable[[str], StripeResponse]
) -> StripeResponse:
    try:
        return request(held.account_id)
    except AccountLost as lost:
        # An installation newer than the answer may be is left alone.
        if lost.not_before is not None:
            uninstall(context.table, held.account_id, moment(lost.not_before))
        raise not_installed() from lost
