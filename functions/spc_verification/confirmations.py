"""Asking a payer for a confirmation, their answer, and the verdict."""

from contextvars import ContextVar
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from calls import api, nothing
from models import (
    AnswerConfirmation,
    AskConfirmation,
    Confirmation,
    Confirmed,
    NoConfirmation,
    OptOut,
    Verdict,
)

from countersign.http.api import IdempotencyHeader, caller_of
from countersign.http.api import idempotency_key as key_of
from countersign.http.edge import MERCHANT
from countersign.http.idempotency import honour
from countersign.installs import access
from countersign.installs.context import context as installs_context
from countersign.installs.installation import Installation
from countersign.spc import (
    begin_confirmation,
    ceremonies,
    finish_confirmation,
    verdicts,
)
from countersign.spc.context import context
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.display import checked_display
from countersign.spc.protocol.refusals import Refused
from countersign.stripe_api.keys import deployment_is_live

ANSWER = "/spc-auth-response"
OPT_OUT = "/spc-opt-out"

askers: ContextVar[frozenset[str] | None] = ContextVar("askers", default=None)
"""The checkout origins of the merchant whose ceremony is being answered, once it is known."""


@api.post("/spc-auth-request", tags=["Payment confirmation"])
def ask_confirmation(
    request: Annotated[AskConfirmation, Body()], idempotency_key: IdempotencyHeader = None
) -> Confirmation | NoConfirmation:
    """What a payer's browser is to show, for a merchant that the caller may act for."""
    server = caller_of(api, MERCHANT).subject
    held = access.require_may_act(installs_context(), server, request.account_id)
    merchant = _asking(access.ensure_confirmed(installs_context(), held))
    instrument, logos = checked_display(
        request.instrument.model_dump(),
        [logo.model_dump() for logo in request.payment_entities_logos],
    )
    order = begin_confirmation.Order(
        payer=request.payer,
        amount=request.amount,
        currency=request.currency,
        instrument=instrument,
        logos=logos,
        caller_origin=request.caller_origin,
        top_origin=request.top_origin,
    )

    def create() -> tuple[str, dict[str, Any]]:
        told = begin_confirmation.request(context(), merchant, order)
        return told["ceremony_id"], told

    def again(ceremony_id: str) -> dict[str, Any]:
        return begin_confirmation.again(context(), merchant, order, ceremony_id)

    key = key_of(api, server, idempotency_key)
    try:
        return Confirmation.model_validate(honour(context().table, key, create, again))
    except begin_confirmation.NoCredential:  # nothing was made that the key could stand for
        return NoConfirmation(available=False, fallback="3ds")


@api.post(ANSWER, tags=["Payment confirmation"])
def answer_confirmation(request: Annotated[AnswerConfirmation, Body()]) -> Confirmed:
    """Verify a payer's answer; the ceremony's challenge is the capability, no token is needed."""
    ceremony = ceremonies.waiting(_ceremony(request.ceremony_id), context().now())
    response = parse_authentication_response(request.credential, request.browser_bound_signature)
    over = partial(Refused, "ceremony_expired")
    merchant = access.require_standing(installs_context(), ceremony["account_id"], over)
    confirmed = finish_confirmation.confirm(
        context(), ceremony, response, merchant.checkout_origins
    )
    return Confirmed.model_validate(asdict(confirmed) | {"success": True})


@api.get("/spc-ceremonies/<ceremony_id>", tags=["Payment confirmation"])
def get_ceremony(ceremony_id: Annotated[str, Path(max_length=255)]) -> Verdict:
    """What became of a confirmation, for a merchant's server that the caller is."""
    server = caller_of(api, MERCHANT).subject
    item = ceremonies.kept(context().table, "payment", ceremony_id)
    unknown = partial(Refused, "unknown_ceremony")
    access.require_may_act(installs_context(), server, item["account_id"], unknown)
    return Verdict.model_validate(verdicts.verdict(item, context().now()))


@api.post(OPT_OUT, tags=["Payment confirmation"], status_code=204)
def opt_out(request: Annotated[OptOut, Body()]) -> Response[str]:
    """The payer opted out in the dialog: the merchant's handle is suspended."""
    finish_confirmation.opt_out(context(), _ceremony(request.ceremony_id))
    return nothing()


def _ceremony(ceremony_id: str) -> dict[str, Any]:
    """A payment's ceremony, whose merchant's pages may read the answer."""
    item = ceremonies.load(context().table, "payment", ceremony_id)
    askers.set(frozenset(item["checkout_origins"]))
    return item


def _asking(held: Installation) -> begin_confirmation.Merchant:
    name, origin = held.payee(livemode=deployment_is_live())
    return begin_confirmation.Merchant(held.account_id, name, origin, tuple(held.checkout_origins))
