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

from collections.abc import Callable

from countersign.crypto.users import subject_of
from countersign.installs.context import Context
from countersign.installs.installation import Installation, is_account_id
from countersign.installs.refusals import not_found, not_installed
from countersign.installs.store import load, record_authorized
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import StripeRefused, StripeResponse
from countersign.stripe_api.event_order import moment
from countersign.stripe_api.keys import deployment_is_live


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
    found = _load(context, account_id)
    if found is None or found.user is None:
        raise unknown()
    if user != found.user and subject_of(user) not in found.clients:
        raise unknown()
    if not found.stands:
        raise not_installed()
    return found


def require_usable(
    context: Context, user: str, account_id: str, unknown: Callable[[], Problem] = not_found
) -> Installation:
    """Return the installation of an account that this user may act for and that may be used.
    Raises as `require_may_act` and `ensure_confirmed` do.
    """
    return ensure_confirmed(context, require_may_act(context, user, account_id, unknown))


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
    is installed in that mode, or confirms it now. Raises as `on_behalf` does.
    """
    if deployment_is_live() and not installation.is_confirmed:
        read_account(context, installation)
    return installation


def shown_payee(installation: Installation) -> tuple[str | None, str | None]:
    """Return the name and the origin of the merchant that this deployment shows to payers."""
    return installation.payee(livemode=deployment_is_live())


def on_behalf(
    context: Context, installation: Installation, request: Callable[[str], StripeResponse]
) -> StripeResponse:
    """Send a request with `Stripe-Account`; `request` gets the account.

    Raises what `call` raises: 409 `permission_missing`, and 409 `account_unreachable`, which proves
    no uninstallation, so nothing is recorded.
    """
    return request(ensure_confirmed(context, installation).account_id)


def read_account(context: Context, installation: Installation) -> StripeResponse:
    """Return the connected account as Stripe has it. The response confirms the installation.
    Raises as `on_behalf` does.
    """
    try:
        response = context.stripe.account(installation.account_id)
    except StripeRefused as refused:
        raise Unavailable("stripe") from refused
    if not installation.is_confirmed and response.not_before is not None:
        record_authorized(context.table, installation.account_id, moment(response.not_before))
    return response


def _load(context: Context, account_id: str) -> Installation | None:
    """Return what is known of an account; text that cannot be an account's id costs no read."""
    return load(context.table, account_id) if is_account_id(account_id) else None
