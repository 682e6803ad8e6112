"""What the calls of this function share: the resolver, the caller, and what they ask about."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from models import CredentialView

from countersign.http.api import create_api
from countersign.http.edge import HttpEvent, caller
from countersign.installs.callback import is_account
from countersign.installs.context import context as installs_context
from countersign.installs.installation import Installation
from countersign.installs.refusals import not_found
from countersign.installs.store import load as load_installation
from countersign.spc import credentials
from countersign.spc.context import context
from countersign.stripe_api.keys import deployment_is_live

api = create_api()

CredentialId = Annotated[str, Path(description="A payment credential of the caller's.")]


def merchant_of(account_id: str) -> Installation:
    """A connected account, in live mode one that Stripe has confirmed; 404 for any other, whoever
    asks.
    """
    found = (
        load_installation(installs_context().table, account_id) if is_account(account_id) else None
    )
    is_known = found is not None and (found.is_confirmed or not deployment_is_live())
    if found is None or not (found.stands and is_known):
        raise not_found()
    return found


def checkout_origins_of(account_id: str | None) -> list[str]:
    return merchant_of(account_id).checkout_origins if account_id else []


def own_credential(user: str, credential_id: str) -> dict[str, Any]:
    """A credential of the caller's; 404 for somebody else's, as for one that does not exist."""
    item = credentials.load_own(context().table, user, credential_id)
    if item is None:
        raise credentials.not_found()
    return item


def shown(item: dict[str, Any]) -> CredentialView:
    return CredentialView.model_validate(credentials.view(item))


def nothing() -> Response[str]:
    return Response(status_code=204, content_type="text/plain", body="")


def subject() -> str:
    return caller(event()).subject


def event() -> HttpEvent:
    return api.current_event.raw_event
