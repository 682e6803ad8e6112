"""Access to connected accounts: the one place that decides whether a caller may act for a
merchant's account.

- `require_holder`: the caller is the user who connected the account.
- `require_may_act`: the caller is that user, or a client that the user has listed by its subject.
- `require_usable`: the same, for an installation that is about to be used.
- `require_merchant`: any caller may ask about the account, since it takes payments here.
- `require_standing`: no caller; the account is still connected.

Each returns the `Installation` or raises a `Problem`. In live mode an installation is used only
after `ensure_confirmed`, which `require_usable` and `on_behalf` call
(docs/decisions.md#one-mode-per-deployment).
https://docs.stripe.com/connect/authentication (`Stripe-Account`).
"""

import time
from collections.abc import Callable

from countersign.crypto.users import subject_of
from countersign.installs.account_facts import country_in
from countersign.installs.check_install import try_check
from countersign.installs.context import Context
from countersign.installs.installation import Installation, is_account_id
from countersign.installs.reach_account import reach_account
from countersign.installs.refusals import not_found, not_installed
from countersign.installs.renew_proof import renew_proof
from countersign.installs.store import learn, load, record_authorized
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.keys import deployment_is_live

_HOUR = 3600
"""Seconds between two times that the same country is kept."""


def require_holder(context: Context, user: str, account_id: str) -> Installation:
    """Return the installation that this user holds, or held last. Raises 404 for everybody else."""
    found = _load(context, account_id)
    if found is None or found.user != user:
        raise not_found()
    return found


def require_may_act(
    context: Context, user: str, account_id: str, unknown: Callable[[], Problem] = not_found
) -> Installation:
    """Return the standing installation of an account that this user may act for: as its holder, or
    as a client whose subject its holder has listed.

    Raises 404 for everybody else, and 409 `not_installed` once it is over. The 404 is `unknown`,
    that of the resource that the caller asked for, so that it reveals nothing about the account.
    """
    return _may_act(_load(context, account_id), user, unknown)


def require_usable(
    context: Context, user: str, account_id: str, unknown: Callable[[], Problem] = not_found
) -> Installation:
    """Return the installation of an account that this user may act for and that may be used.
    Raises as `require_may_act` and `ensure_confirmed` do. In live mode, a proof of its payee origin
    that is a week old is renewed.

    Stripe and the origin take their time to answer, and the account may be somebody else's by then:
    what is found afterwards is judged again.
    """
    stored = require_may_act(context, user, account_id, unknown)
    found = ensure_confirmed(context, stored)
    if deployment_is_live():
        found = renew_proof(context, found)
    return found if found is stored else _may_act(found, user, unknown)


def require_merchant(context: Context, account_id: str) -> Installation:
    """Return a merchant that any caller may ask about: the standing installation of an account,
    which in live mode Stripe has confirmed. Raises 404 for any other account.
    """
    found = require_standing(context, account_id, not_found)
    if deployment_is_live() and not found.is_confirmed:
        raise not_found()
    return found


def require_standing(
    context: Context, account_id: str, over: Callable[[], Problem]
) -> Installation:
    """Return the installation of an account for something that began while it stood. Raises `over`
    when it does not stand any more.
    """
    found = _load(context, account_id)
    if found is None or not found.stands:
        raise over()
    return found


def ensure_confirmed(context: Context, installation: Installation) -> Installation:
    """Return an installation that may be used. In live mode Stripe must have confirmed that the app
    is installed in that mode, or confirms it now: by its list of installs, which takes no
    permission of the merchant's, else by the account itself. Raises as `on_behalf` does.
    """
    if not deployment_is_live() or installation.is_confirmed:
        return installation
    found = try_check(context, installation)
    if not found.is_confirmed:
        read_account(context, found)
    return found


def shown_payee(installation: Installation) -> tuple[str | None, str | None]:
    """Return the name and the origin of the merchant that this deployment shows to payers."""
    return installation.payee(livemode=deployment_is_live(), now=int(time.time()))


def on_behalf(
    context: Context, installation: Installation, request: Callable[[str], StripeResponse]
) -> StripeResponse:
    """Send a request with `Stripe-Account`; `request` gets the account. Raises as `reach_account`
    does.
    """
    return reach_account(context, ensure_confirmed(context, installation), request)


def read_account(context: Context, installation: Installation) -> StripeResponse:
    """Return the connected account as Stripe has it. The response confirms the installation, and
    its country is kept. Raises as `on_behalf` does.
    """
    try:
        response = reach_account(context, installation, context.stripe.account)
    except StripeRefused as refused:
        raise Unavailable("stripe") from refused
    country, now = country_in(response.body), context.now()
    if country != installation.country or now - installation.country_at >= _HOUR:
        learn(context.table, installation, {"country": country, "country_at": now})
    if not installation.is_confirmed and response.not_before is not None:
        record_authorized(context.table, installation.account_id, moment(response.not_before))
    return response


def _may_act(found: Installation | None, user: str, unknown: Callable[[], Problem]) -> Installation:
    """Return an installation that this user may act for. Raises as `require_may_act` does."""
    if found is None or found.user is None:
        raise unknown()
    if user != found.user and subject_of(user) not in found.clients:
        raise unknown()
    if not found.stands:
        raise not_installed()
    return found


def _load(context: Context, account_id: str) -> Installation | None:
    """Return what is known of an account; text that cannot be an account's id costs no read."""
    return load(context.table, account_id) if is_account_id(account_id) else None
