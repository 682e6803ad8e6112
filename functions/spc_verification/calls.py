"""What the calls of this function share: the resolver, and what they ask about."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from models import CredentialView

from countersign.http.api import create_api
from countersign.http.edge import HttpEvent
from countersign.installs import access
from countersign.installs.context import context as installs_context
from countersign.spc import credentials
from countersign.spc.context import context

api = create_api()

CredentialId = Annotated[str, Path(description="A payment credential of the caller's.")]


def checkout_origins_of(account_id: str | None) -> list[str]:
    if not account_id:
        return []
    return list(access.require_merchant(installs_context(), account_id).checkout_origins)


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


def event() -> HttpEvent:
    return api.current_event.raw_event
