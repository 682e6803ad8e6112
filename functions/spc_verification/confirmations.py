"""Ask a payer for a confirmation, verify the response, and return the verdict."""

from contextvars import ContextVar
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from calls import api, nothing
from confirmation_models import (
    AnswerConfirmation,
    AskConfirmation,
    ConfirmationDialog,
    Confirmed,
    NoConfirmation,
    OptOut,
    VerdictView,
)
from msgspec.structs import replace

from countersign.formats.records import to_members
from countersign.http.api import IdempotencyHeader, caller_of, idempotency_key_of
from countersign.http.edge import MERCHANT
from countersign.http.idempotency import create_once
from countersign.installs import access
from countersign.installs.context import context as installs_context
from countersign.installs.installation import Installation
from countersign.spc import ceremonies, verdicts
from countersign.spc.accept_opt_out import accept_opt_out
from countersign.spc.begin_confirmation import (
    ConfirmationRequest,
    NoCredential,
    begin_confirmation,
    confirmation_dialog,
)
from countersign.spc.context import context
from countersign.spc.payment_ceremony import PaymentCeremony
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.display import checked_display
from countersign.spc.protocol.refusals import Refused
from countersign.step_up.merchant import merchant_of

ANSWER = "/spc-auth-response"
OPT_OUT = "/spc-opt-out"

readers: ContextVar[frozenset[str] | None] = ContextVar("readers", default=None)
"""The checkout origins of the merchant whose ceremony this request is about, once it is known."""


@api.post("/spc-auth-request", tags=["Payment confirmation"])
def ask_confirmation(
    request: Annotated[AskConfirmation, Body()], idempotency_key: IdempotencyHeader = None
) -> ConfirmationDialog | NoConfirmation:
    """Begin a confirmation for a merchant that the caller may act for, and return what the payer's
    browser shows.
    """
    server = caller_of(api, MERCHANT).user
    installation = access.require_usable(installs_context(), server, request.account_id)
    merchant, wanted = merchant_of(installation), _wanted(request)

    def create() -> tuple[str, dict[str, Any]]:
        card = _fingerprint(installation, request.payment_method)
        begun = begin_confirmation(context(), merchant, replace(wanted, fingerprint=card))
        return begun["ceremony_id"], begun

    def again(ceremony_id: str) -> dict[str, Any]:
        return confirmation_dialog(context(), merchant, wanted, ceremony_id)

    key = idempotency_key_of(api, server, idempotency_key)
    try:
        return ConfirmationDialog.model_validate(create_once(context().table, key, create, again))
    except NoCredential:  # nothing was made that the key could stand for
        return NoConfirmation(available=False, fallback="3ds")


@api.post(ANSWER, tags=["Payment confirmation"])
def answer_confirmation(request: Annotated[AnswerConfirmation, Body()]) -> Confirmed:
    """Verify a payer's response. It needs no token: the ceremony's challenge is the capability."""
    from countersign.spc.finish_confirmation import finish_confirmation

    ceremony = _ceremony(request.ceremony_id)
    ceremonies.check_waiting(ceremony, context().now())
    response = parse_authentication_response(request.credential, request.browser_bound_signature)
    over = partial(Refused, "ceremony_expired")
    merchant = merchant_of(access.require_standing(installs_context(), ceremony.account_id, over))
    confirmation = finish_confirmation(context(), ceremony, response, merchant)
    return Confirmed(
        success=True,
        ceremony_id=ceremony.id,
        credential_id=confirmation.credential_id,
        browser_bound=confirmation.browser_bound,
        backed_up=confirmation.backed_up,
        step_up_required=confirmation.step_up_required,
    )


@api.get("/spc-ceremonies/<ceremony_id>", tags=["Payment confirmation"])
def get_ceremony(ceremony_id: Annotated[str, Path(max_length=255)]) -> VerdictView:
    """Return what became of a confirmation, to a server that may act for its merchant."""
    server = caller_of(api, MERCHANT).user
    ceremony = ceremonies.load_kept(context().table, PaymentCeremony, ceremony_id)
    unknown = partial(Refused, "unknown_ceremony")
    merchant = access.require_may_act(installs_context(), server, ceremony.account_id, unknown)
    if ceremony.scope.installation != merchant.id:
        raise unknown()
    found = verdicts.verdict(ceremony, context().now(), merchant.payee_version)
    return VerdictView.model_validate(to_members(found))


@api.post(OPT_OUT, tags=["Payment confirmation"], status_code=204)
def opt_out(request: Annotated[OptOut, Body()]) -> Response[str]:
    """Suspend the merchant's handle, since the payer opted out in the dialog."""
    accept_opt_out(context(), _ceremony(request.ceremony_id))
    return nothing()


def _ceremony(ceremony_id: str) -> PaymentCeremony:
    """Return a payment's ceremony, and let its merchant's pages read the response."""
    ceremony = ceremonies.load(context().table, PaymentCeremony, ceremony_id)
    readers.set(frozenset(ceremony.checkout_origins))
    return ceremony


def _wanted(request: AskConfirmation) -> ConfirmationRequest:
    """Return what is asked for; raises 422 `invalid_request` for what a dialog does not show."""
    instrument, logos = checked_display(
        request.instrument.model_dump(),
        [logo.model_dump() for logo in request.payment_entities_logos],
    )
    return ConfirmationRequest(
        payer=request.payer,
        amount=request.amount,
        currency=request.currency,
        instrument=instrument,
        logos=logos,
        caller_origin=request.caller_origin,
        top_origin=request.top_origin,
    )


def _fingerprint(installation: Installation, payment_method: str | None) -> str | None:
    """Return Stripe's fingerprint of the card that the merchant names, read on behalf of the
    account; `None` where it names none, or what has no fingerprint. Raises 422 for one that does
    not exist, and as `on_behalf` does. What reads cards is imported only for this.
    """
    if payment_method is None:
        return None
    from countersign.step_up.evidence_sources import read_at_stripe
    from countersign.step_up.stripe_calls import StripePayments
    from countersign.step_up.stripe_card import read_card

    read = StripePayments().payment_method
    found = read_at_stripe(installs_context(), installation, "payment_method", read, payment_method)
    card = read_card(found)
    return card.fingerprint if card else None
