"""Read, edit, confirm and end installations."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from calls import api
from models import Confirm, EditInstallation, InstallationList, InstallationView

from countersign.context import context_for
from countersign.http.api import caller_of, person_of
from countersign.http.edge import Caller
from countersign.installs import access
from countersign.installs.confirm_installation import confirm_pending
from countersign.installs.context import Context, context
from countersign.installs.disconnect_account import disconnect_account
from countersign.installs.edit_installation import edit_members
from countersign.installs.installation import Installation
from countersign.installs.installation_view import view
from countersign.installs.list_installations import list_installations_of
from countersign.installs.read_installation import read_installation
from countersign.stripe_api.keys import deployment_is_live

AccountId = Annotated[str, Path(description="A connected account, `acct_…`.")]


@api.get("/installations", tags=["Install links"])
def list_installations(
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,10}\.acct_[A-Za-z0-9_]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> InstallationList:
    """List the caller's installations, newest first."""
    found, following = list_installations_of(context(), caller_of(api).user, cursor, limit)
    return InstallationList(data=[_shown(entry) for entry in found], next_cursor=following)


@api.get("/installations/<account_id>", tags=["Install links"])
def get_installation(account_id: AccountId) -> InstallationView:
    """Return an installation of the caller, as Stripe has it now and then."""
    caller = caller_of(api)
    return _shown(read_installation(_own_context(caller), caller.user, account_id))


@api.patch("/installations/<account_id>", tags=["Install links"])
def edit_installation(
    account_id: AccountId, request: Annotated[EditInstallation, Body()]
) -> InstallationView:
    """Set what payers are shown of the merchant, and who may act for the account."""
    caller = person_of(api)
    installation = access.require_holder(context(), caller.user, account_id)
    members = request.model_dump(exclude_unset=True)
    return _shown(edit_members(_own_context(caller), installation, members))


@api.delete("/installations/<account_id>", tags=["Install links"])
def delete_installation(
    account_id: AccountId,
    force: Annotated[bool, Query(description="Leave open what cannot be closed now.")] = False,
) -> InstallationView:
    """Settle or cancel the open payments of the account, and uninstall the app from it, at Stripe
    and here.
    """
    caller = person_of(api)
    installation = access.require_holder(context(), caller.user, account_id)
    end = partial(disconnect_account, _own_context(caller), installation)
    return _shown(_end(installation, end, force=force) if installation.stands else end())


@api.post("/installations/<account_id>/confirm", tags=["Install links"])
def confirm_installation(
    account_id: AccountId, request: Annotated[Confirm, Body()]
) -> InstallationView:
    """Finish an installation that was left pending, where install links are not bound to a browser
    (INSTALL_BINDING=off).
    """
    confirmed = confirm_pending(context(), person_of(api).user, account_id, request.confirmation)
    return _shown(confirmed)


@api.get("/installations/<account_id>/account", tags=["Install links"])
def get_connected_account(account_id: AccountId) -> dict[str, Any]:
    """Return the connected account as Stripe has it, to its holder and the clients that the holder
    has listed.
    """
    caller = caller_of(api)
    installation = access.require_may_act(context(), caller.user, account_id)
    return access.read_account(_own_context(caller), installation).body


def _end(
    installation: Installation, end: Callable[[], Installation], *, force: bool
) -> Installation:
    """End an installation with its payments: only then are they imported."""
    from countersign.payments.close_payments import end_with_payments
    from countersign.payments.context import contexts

    return end_with_payments(contexts(), installation, end, force=force)


def _own_context(caller: Caller) -> Context:
    """Return the context in which a person's requests to Stripe are counted."""
    return context_for(context(), caller)


def _shown(installation: Installation) -> InstallationView:
    shown = view(installation, livemode=deployment_is_live(), now=context().now())
    return InstallationView.model_validate(shown)
