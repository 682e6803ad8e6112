"""Register, list and remove a payer's credentials."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from calls import CredentialId, api, event, nothing, own_credential, registered, views_of
from models import CredentialList
from registration_models import (
    BeginRegistration,
    FinishRegistration,
    RegisteredCredential,
    RegistrationOptions,
)

from countersign.http.api import IdempotencyHeader, idempotency_key_of, is_own_site, person_of
from countersign.http.edge import header, public_origin
from countersign.http.idempotency import create_once
from countersign.spc import credentials
from countersign.spc.begin_registration import begin_credential_registration, registration_options
from countersign.spc.context import context, may_register
from countersign.spc.find_registration import own_registration

ANY = BeginRegistration()
"""What an empty body asks for."""


@api.post("/spc-register-request", tags=["Payment confirmation"])
def begin_registration(
    request: Annotated[BeginRegistration, Body()] = ANY, idempotency_key: IdempotencyHeader = None
) -> RegistrationOptions:
    """Begin a registration, and return the options to create a payment credential with."""
    user = person_of(api).user

    def create() -> tuple[str, dict[str, Any]]:
        begun = begin_credential_registration(context(), user, _page())
        return begun["ceremony_id"], begun

    def again(ceremony_id: str) -> dict[str, Any]:
        return registration_options(context(), ceremony_id)

    key = idempotency_key_of(api, user, idempotency_key)
    return RegistrationOptions.model_validate(create_once(context().table, key, create, again))


@api.post("/spc-register-response", tags=["Payment confirmation"], status_code=201)
def finish_registration(
    request: Annotated[FinishRegistration, Body()], idempotency_key: IdempotencyHeader = None
) -> RegisteredCredential:
    """Verify and store the payment credential that the browser has created."""
    user = person_of(api).user
    key = idempotency_key_of(api, user, idempotency_key)
    return registered(request, lambda: own_registration(context(), user, request.ceremony_id), key)


@api.get("/spc-credentials", tags=["Payment confirmation"])
def list_credentials() -> CredentialList:
    """Return the caller's payment credentials, newest first."""
    found = credentials.credentials_of(context().table, person_of(api).user)
    return CredentialList(data=views_of(found), next_cursor=None)


@api.delete("/spc-credentials/<credential_id>", tags=["Payment confirmation"], status_code=204)
def remove_credential(credential_id: CredentialId) -> Response[str]:
    """Forget one of the caller's payment credentials."""
    user = person_of(api).user
    own_credential(user, credential_id)
    credentials.remove(context().table, user, credential_id)
    return nothing()


def _page() -> str:
    """Return the origin of the page that registers: one of the business's own sites, if browsers
    let it register for the relying party, else ours.
    """
    origin = header(event(), "origin") or ""
    is_theirs = is_own_site(event(), origin) and may_register(context(), origin)
    return origin if is_theirs else public_origin(event())
