"""Register a payer's credential with a ticket, in a frame of a merchant's page."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from calls import api, event, framing_of, registered
from registration_models import (
    BeginFramedRegistration,
    CreateTicket,
    FinishFramedRegistration,
    RegisteredCredential,
    RegistrationOptions,
    RegistrationTicket,
)

from countersign.crypto.users import user_of
from countersign.http.api import IdempotencyHeader, caller_of, idempotency_key_of, person_of
from countersign.http.edge import OPERATOR, public_origin
from countersign.http.idempotency import create_once
from countersign.pages.documents import framed_page_response, page_response
from countersign.problems import Problem
from countersign.spc import tickets
from countersign.spc.begin_framed_registration import begin_framed_registration
from countersign.spc.begin_registration import registration_options
from countersign.spc.context import context
from countersign.spc.create_ticket import create_ticket, created_ticket
from countersign.spc.find_registration import ticketed_registration

FRAMED_REQUEST = "/spc-framed-register-request"
FRAMED_RESPONSE = "/spc-framed-register-response"
FOR_THE_CALLER = CreateTicket()
"""What an empty body asks for."""


@api.post("/spc-registration-tickets", tags=["Payment confirmation"], status_code=201)
def create_registration_ticket(
    request: Annotated[CreateTicket, Body()] = FOR_THE_CALLER,
    idempotency_key: IdempotencyHeader = None,
) -> RegistrationTicket:
    """Create a ticket for one registration, to be begun within five minutes. It is of use on the
    wallet's own page, also where a page of the merchant's frames that.
    """
    user = _registrant(request)
    framing = framing_of(request.account_id)

    def create() -> tuple[str, dict[str, Any]]:
        return create_ticket(context(), user, framing, request.identified)

    def again(ticket_id: str) -> dict[str, Any]:
        return created_ticket(context(), ticket_id)

    key = idempotency_key_of(api, caller_of(api).user, idempotency_key)
    return RegistrationTicket.model_validate(create_once(context().table, key, create, again))


@api.post(FRAMED_REQUEST, tags=["Payment confirmation"])
def begin_registration_in_frame(
    request: Annotated[BeginFramedRegistration, Body()], idempotency_key: IdempotencyHeader = None
) -> RegistrationOptions:
    """Begin a registration with a ticket, which stands for the person's token."""
    ticket = tickets.load(context().table, request.ticket, context().now())
    framing = framing_of(ticket.account_id)

    def create() -> tuple[str, dict[str, Any]]:
        begun = begin_framed_registration(context(), ticket, public_origin(event()), framing)
        return begun["ceremony_id"], begun

    def again(ceremony_id: str) -> dict[str, Any]:
        return registration_options(context(), ceremony_id)

    key = idempotency_key_of(api, ticket.pk, idempotency_key)
    return RegistrationOptions.model_validate(create_once(context().table, key, create, again))


@api.post(FRAMED_RESPONSE, tags=["Payment confirmation"], status_code=201)
def finish_registration_in_frame(
    request: Annotated[FinishFramedRegistration, Body()], idempotency_key: IdempotencyHeader = None
) -> RegisteredCredential:
    """Verify and store the payment credential that the browser has created; the ticket is spent."""
    key = idempotency_key_of(api, tickets.known_pk(request.ticket), idempotency_key)
    return registered(
        request,
        lambda: ticketed_registration(context(), request.ticket, request.ceremony_id),
        key,
    )


@api.get("/wallet/register", include_in_schema=False)
def show_framed_registration(
    account_id: Annotated[str, Query(max_length=255)] = "",
) -> Response[str]:
    """Return the page that registers a credential inside a merchant's page."""
    try:
        ancestors = framing_of(account_id).checkout_origins
    except Problem:
        page = page_response(event(), "not_found", 404)
    else:
        page = framed_page_response(event(), "wallet_register", ancestors)
    return Response(page["statusCode"], body=page["body"], headers=page["headers"])


def _registrant(request: CreateTicket) -> str:
    """Return the user whom a ticket is for. Raises 403 `missing_scope` where only an operator may
    say so, and 403 `person_required` for a machine that names nobody.
    """
    if request.user_id is not None or request.identified:
        caller_of(api, OPERATOR)
    return person_of(api).user if request.user_id is None else user_of(request.user_id)
