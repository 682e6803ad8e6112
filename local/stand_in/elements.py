"""The fields of a card in a frame, and what Stripe.js makes of what is typed there: a PaymentMethod
or a ConfirmationToken on the account that the site's page names
(docs.stripe.com/js/elements_object).
"""

from datetime import UTC, datetime
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import access, accounts, pages, payments
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.card_numbers import card_of
from local.stand_in.cards import Card
from local.stand_in.errors import StripeError


class Fields(Body):
    """What was typed, and what to make of it; `nothing` only looks at it."""

    make: Literal["payment_method", "confirmation_token", "nothing"]
    account: str | None
    number: str
    exp_month: str
    exp_year: str
    cvc: str


async def show_card(_: Request) -> Response:
    return pages.card()


async def make(request: Request) -> Response:
    """Return what Stripe.js resolves with: an `error` is a part of it, as there."""
    fields, backend = await read(request, Fields), _backend(request)
    try:
        card = _card(fields, datetime.fromtimestamp(backend.now(), UTC))
        return _json(_made(backend, fields, card))
    except StripeError as error:
        return _json(error.body())


def _made(backend: Backend, fields: Fields, card: Card) -> dict[str, Any]:
    if fields.make == "nothing":
        return {}
    with backend.store.transaction():
        if fields.account is not None:
            access.check_connected(backend, fields.account)
        account = fields.account or accounts.OWN.id
        if fields.make == "payment_method":
            return {"paymentMethod": payments.add_method(backend, account, card)}
        return {"confirmationToken": payments.add_token(backend, account, card)}


def _card(fields: Fields, now: datetime) -> Card:
    """Return the card that was typed. Raises StripeError, in the words of Stripe.js."""
    if not fields.number:
        raise _wrong("incomplete_number", "Your card number is incomplete.")
    try:
        month, year = int(fields.exp_month), 2000 + int(fields.exp_year) % 100
    except ValueError:
        raise _wrong("incomplete_expiry", "Your card's expiration date is incomplete.") from None
    if not 1 <= month <= 12:
        raise _wrong("invalid_expiry_month", "Your card's expiration month is invalid.")
    if (year, month) < (now.year, now.month):
        raise _wrong("invalid_expiry_year_past", "Your card's expiration year is in the past.")
    if not (fields.cvc.isdecimal() and len(fields.cvc) in (3, 4)):
        raise _wrong("incomplete_cvc", "Your card's security code is incomplete.")
    card = card_of(fields.number, month, year)
    if card is None:
        raise _wrong("invalid_number", "Your card number is invalid.")
    return card


def _wrong(code: str, message: str) -> StripeError:
    return StripeError(message, type="validation_error", code=code)


def _json(content: dict[str, Any]) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
