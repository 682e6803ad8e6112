"""The controls of payments that Stripe does not have: `/_payment_methods`, `/_confirmation_tokens`,
`/_customers`, `/_payment_intents`, `/_setup_intents`. Each makes an object of a merchant's account,
as its page would have.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import accounts, attempts, customers, payment_objects, payments
from local.stand_in.attempts import How
from local.stand_in.backend import Backend
from local.stand_in.bodies import read
from local.stand_in.books import Books
from local.stand_in.payment_orders import (
    ConfirmationTokenOrder,
    CustomerOrder,
    IntentOrder,
    MethodOrder,
    SetupOrder,
)


async def add_payment_method(request: Request) -> Response:
    order, backend = await read(request, MethodOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        made = payments.add_method(backend, order.account, order.card, order.customer)
    return JSONResponse(made, 201)


async def add_confirmation_token(request: Request) -> Response:
    order, backend = await read(request, ConfirmationTokenOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        usage = order.setup_future_usage
        made = payments.add_token(backend, order.account, order.card, usage)
    return JSONResponse(made, 201)


async def add_customer(request: Request) -> Response:
    order, backend = await read(request, CustomerOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        made = customers.add(backend, order.account, order.id)
    return JSONResponse(made, 201)


async def add_payment_intent(request: Request) -> Response:
    order, backend = await read(request, IntentOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        made = _add_intent(backend, order, order.method(backend))
    return JSONResponse(made, 201)


def _add_intent(backend: Backend, order: IntentOrder, method: dict[str, Any]) -> dict[str, Any]:
    secure, eci = order.three_d_secure, order.electronic_commerce_indicator
    is_manual = order.capture_method == "manual"
    if order.status is None and not (secure or eci):
        books, application = Books(backend, order.account), backend.config.application_id
        payment = order.payment(method, "requires_confirmation")
        made = payment_objects.payment_intent(payment, application, books.now())
        books.put(payments.INTENT, made)
        books.tell("payment_intent.created", made)
        return attempts.attempt(books, made, method, How(order.off_session))
    status = order.status or ("requires_capture" if is_manual else "succeeded")
    return payments.add_intent(backend, order.account, order.payment(method, status), secure, eci)


async def add_setup_intent(request: Request) -> Response:
    order, backend = await read(request, SetupOrder), _backend(request)
    with backend.store.transaction():
        _check_account(backend, order.account)
        how = order.usage, order.status, order.three_d_secure
        made = payments.add_setup(backend, order.account, order.method(backend), *how)
    return JSONResponse(made, 201)


def _check_account(backend: Backend, account: str) -> None:
    """Raise StripeError 404 unless there is such an account, with the app or without."""
    if account != accounts.OWN.id:
        accounts.merchant(backend, account)


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
