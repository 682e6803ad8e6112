"""Register, list and remove a payer's credentials."""

from dataclasses import asdict
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from calls import CredentialId, api, checkout_origins_of, event, nothing, own_credential, views_of
from models import (
    BeginRegistration,
    CredentialList,
    FinishRegistration,
    RegisteredCredential,
    RegistrationOptions,
)

from countersign.http.api import IdempotencyHeader, idempotency_key_of, is_own_site, person_of
from countersign.http.edge import header, public_origin
from countersign.http.idempotency import IdempotencyKey, create_once
from countersign.pages.documents import framed_page_response, page_response
from countersign.problems import Problem
from countersign.spc import credentials
from countersign.spc.begin_registration import begin_credential_registration, registration_options
from countersign.spc.context import context, may_register
from countersign.spc.finish_registration import (
    finish_credential_registration,
    finished_registration,
    own_registration,
)
from countersign.spc.protocol.registration_response import parse_registration_response
from countersign.spc.registration_ceremony import Registration

ANY = BeginRegistration()
"""What an empty body asks for."""


@api.post("/spc-register-request", tags=["Payment confirmation"])
def begin_registration(
    request: Annotated[BeginRegistration, Body()] = ANY, idempotency_key: IdempotencyHeader = None
) -> RegistrationOptions:
    """Begin a registration, and return the options to create a payment credential with."""
    user, framed_by = person_of(api).user, checkout_origins_of(request.account_id)

    def create() -> tuple[str, dict[str, Any]]:
        begun = begin_credential_registration(
            context(), user, _page(), framed_by, request.account_id
        )
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
    try:
        registration = _register(user, request, key)
    except Problem:
        earlier = finished_registration(context(), key)  # perhaps by the same request, sooner
        if earlier is None:
            raise
        registration = earlier
    return RegisteredCredential.model_validate(asdict(registration))


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


@api.get("/wallet/register", include_in_schema=False)
def show_framed_registration(
    account_id: Annotated[str, Query(max_length=255)] = "",
) -> Response[str]:
    """Return the page that registers a credential inside a merchant's page."""
    try:
        ancestors = checkout_origins_of(account_id)
    except Problem:
        page = page_response(event(), "not_found", 404)
    else:
        page = framed_page_response(event(), "wallet_register", ancestors)
    return Response(page["statusCode"], body=page["body"], headers=page["headers"])


def _page() -> str:
    """Return the origin of the page that registers: one of the business's own sites, if browsers
    let it register for the relying party, else ours.
    """
    origin = header(event(), "origin") or ""
    is_theirs = is_own_site(event(), origin) and may_register(context(), origin)
    return origin if is_theirs else public_origin(event())


def _register(user: str, request: FinishRegistration, key: IdempotencyKey | None) -> Registration:
    response = parse_registration_response(request.credential, request.browser_bound_signature)
    ceremony = own_registration(context(), user, request.ceremony_id)
    framed_by = checkout_origins_of(ceremony.account_id)
    return finish_credential_registration(context(), ceremony, response, framed_by, key)
