"""The controls of payments that Stripe does not have: `/_payment_methods`, `/_confirmation_tokens`,
`/_payment_intents`. Each makes an object of a merchant's account, as its page would have.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import accounts, payments
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.cards import Card, Eci, ThreeDSecure
from local.stand_in.errors import no_such
from local.stand_in.payment_objects import CHARGED, Payment, Status


class CardOrder(Body):
    """The body of `POST /_payment_methods` and `POST /_confirmation_tokens`."""

    account: str
    card: Card = Card()


class IntentOrder(Body):
    """The body of `POST /_payment_intents`: paid with a new PaymentMethod of the `card`, or
    with one that is there already. The two last are of the charge.
    """

    account: str
    amount: Annotated[int, Field(ge=1, le=99_999_999)]
    currency: Annotated[str, Field(pattern=r"^[a-z]{3}$")]
    status: Status = "succeeded"
    card: Card | None = None
    payment_method: str | None = None
    metadata: Annotated[dict[str, str], Field(default_factory=dict)]
    three_d_secure: ThreeDSecure | None = None
    electronic_commerce_indicator: Eci | None = None

    @model_validator(mode="after")
    def _is_one_payment(self) -> "IntentOrder":
        if self.card and self.payment_method:
            raise ValueError("give a card or a payment_method, not both")
        of_charge = self.three_d_secure or self.electronic_commerce_indicator
        if of_charge and self.status not in CHARGED:
            raise ValueError(f"there is a charge only when the status is {' or '.join(CHARGED)}")
        return self


async def add_payment_method(request: Request) -> Response:
    return await _add_card(request, payments.add_method)


async def add_confirmation_token(request: Request) -> Response:
    return await _add_card(request, payments.add_token)


async def _add_card(request: Request, add: Callable[[Backend, str, Card], Any]) -> Response:
    order, backend = await read(request, CardOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        made = add(backend, order.account, order.card)
    return JSONResponse(made, 201)


async def add_payment_intent(request: Request) -> Response:
    order, backend = await read(request, IntentOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        method = _method(backend, order)
        payment = Payment(
            order.amount,
            order.currency,
            order.status,
            method,
            order.three_d_secure,
            order.electronic_commerce_indicator,
            order.metadata,
        )
        made = payments.add_intent(backend, order.account, payment)
    return JSONResponse(made, 201)


def _method(backend: Backend, order: IntentOrder) -> dict[str, Any]:
    if order.payment_method is None:
        return payments.add_method(backend, order.account, order.card or Card())
    found = payments.method(backend, order.account, order.payment_method)
    if found is None:
        raise no_such("PaymentMethod", order.payment_method[:60], "payment_method")
    return found


def _check_account(backend: Backend, account: str) -> None:
    """Raise StripeError 404 unless there is such an account, with the app or without."""
    if account != accounts.OWN.id:
        accounts.merchant(backend, account)


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
