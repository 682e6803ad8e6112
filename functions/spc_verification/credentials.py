"""A payer's credentials, and registering them."""

from dataclasses import asdict
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from calls import (
    CredentialId,
    api,
    checkout_origins_of,
    event,
    nothing,
    own_credential,
    shown,
)
from models import (
    BeginRegistration,
    CredentialList,
    FinishRegistration,
    Registered,
    Registration,
)

from countersign.http.api import IdempotencyHeader, caller_of, is_own_site
from countersign.http.api import idempotency_key as key_of
from countersign.http.edge import header, public_origin
from countersign.http.idempotency import IdempotencyKey, honour
from countersign.pages.documents import framed_page_response, page_response
from countersign.problems import Problem
from countersign.spc import begin_registration as registration_request
from countersign.spc import credentials
from countersign.spc import finish_registration as registering
from countersign.spc.context import context, may_register
from countersign.spc.protocol.registration_response import parse_registration_response

ANY = BeginRegistration()
"""What an empty body asks for."""


@api.post("/spc-register-request", tags=["Payment confirmation"])
def begin_registration(
    request: Annotated[BeginRegistration, Body()] = ANY, idempotency_key: IdempotencyHeader = None
) -> Registration:
    """Options to register a payment credential with."""
    user, framed_by = caller_of(api).subject, checkout_origins_of(request.account_id)

    def create() -> tuple[str, dict[str, Any]]:
        begun = registration_request.request(
            context(), user, _page(), framed_by, request.account_id
        )
        return begun["ceremony_id"], begun

    def again(ceremony_id: str) -> dict[str, Any]:
        return registration_request.again(context(), ceremony_id)

    key = key_of(api, user, idempotency_key)
    return Registration.model_validate(honour(context().table, key, create, again))


@api.post("/spc-register-response", tags=["Payment confirmation"], status_code=201)
def finish_registration(
    request: Annotated[FinishRegistration, Body()], idempotency_key: IdempotencyHeader = None
) -> Registered:
    """Store the payment credential that the browser has made."""
    user = caller_of(api).subject
    key = key_of(api, user, idempotency_key)
    try:
        made = _register(user, request, key)
    except Problem:
        told = registering.registered(context(), key)  # by the same request, sooner?
        if told is None:
            raise
        made = told
    return Registered.model_validate(asdict(made))


@api.get("/spc-credentials", tags=["Payment confirmation"])
def list_credentials() -> CredentialList:
    """The caller's payment credentials, newest first."""
    found = credentials.credentials_of(context().table, caller_of(api).subject)
    return CredentialList(data=[shown(item) for item in found], next_cursor=None)


@api.delete("/spc-credentials/<credential_id>", tags=["Payment confirmation"], status_code=204)
def remove_credential(credential_id: CredentialId) -> Response[str]:
    """Forget a payment credential of the caller's."""
    user = caller_of(api).subject
    own_credential(user, credential_id)
    credentials.remove(context().table, user, credential_id)
    return nothing()


@api.get("/wallet/register", include_in_schema=False)
def show_framed_registration(
    account_id: Annotated[str, Query(max_length=255)] = "",
) -> Response[str]:
    """The page that registers a credential inside a merchant's page."""
    try:
        ancestors = checkout_origins_of(account_id)
    except Problem:
        page = page_response(event(), "not_found", 404)
    else:
        page = framed_page_response(event(), "wallet_register", ancestors)
    return Response(page["statusCode"], body=page["body"], headers=page["headers"])


def _page() -> str:
    """The origin of the page that registers: one of the business's own sites, if browsers let it
    register for the relying party, else ours.
    """
    origin = header(event(), "origin") or ""
    is_theirs = is_own_site(event(), origin) and may_register(context(), origin)
    return origin if is_theirs else public_origin(event())


def _register(
    user: str, request: FinishRegistration, key: IdempotencyKey | None
) -> registering.Registered:
    response = parse_registration_response(request.credential, request.browser_bound_signature)
    ceremony = registering.begun(context(), user, request.ceremony_id)
    framed_by = checkout_origins_of(ceremony["account_id"])
    return registering.register(context(), ceremony, response, framed_by, key)
