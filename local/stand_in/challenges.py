"""3-D Secure in a frame, for `handleCardAction`: the payer passes it, fails or leaves
(docs.stripe.com/js/payment_intents/handle_card_action). The frame names the PaymentIntent by its
client_secret, which is in no address.
"""

import secrets
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import accounts, attempts, pages, payments
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.errors import StripeError, no_such

_DECIMALS = {
    **dict.fromkeys(("bif", "clp", "jpy", "krw", "pyg", "vnd", "xaf", "xof"), 0),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}
"""Of the currencies that have not two."""


class Opening(Body):
    """What the frame sends first: the secret, and the account that Stripe.js was made for."""

    client_secret: str
    account: str | None


class Submission(Opening):
    """What the frame sends last."""

    outcome: Literal["pass", "fail"]


async def show(_: Request) -> Response:
    return pages.challenge()


async def open_challenge(request: Request) -> Response:
    """Return what the bank shows of a payment that waits for its payer."""
    order, backend = await read(request, Opening), _backend(request)
    try:
        account, intent = _waiting(backend, order)
    except StripeError as error:
        return _json(error.body())
    method = payments.find(backend, payments.METHOD, account, intent["payment_method"])
    shown = {
        "last4": method["card"]["last4"] if method else "",
        "amount": _amount(intent),
        "payee": accounts.merchant(backend, account).name,
    }
    return _json(shown)


async def submit(request: Request) -> Response:
    """Do what the payer chose, and return what Stripe.js resolves with, as `{result}`."""
    order, backend = await read(request, Submission), _backend(request)
    try:
        with backend.store.transaction():
            _, intent = _waiting(backend, order)
            passed = order.outcome == "pass"
            after = attempts.authenticate(backend, intent["id"], passed=passed)
    except StripeError as error:
        return _json(error.body())
    if not passed:
        failure = {"payment_intent": after, **after["last_payment_error"]}
        return _json({"result": {"error": failure}})
    return _json({"result": {"paymentIntent": after}})


def _waiting(backend: Backend, order: Opening) -> tuple[str, dict[str, Any]]:
    """Return the account of the PaymentIntent, and it. Raises StripeError for one of another
    account, and where nothing waits for the payer.
    """
    identifier = order.client_secret.partition("_secret_")[0]
    account, intent = payments.of_any_account(backend, identifier)
    expected = str(intent["client_secret"])
    is_right = secrets.compare_digest(expected.encode(), order.client_secret.encode())
    if not is_right or account != (order.account or accounts.OWN.id):
        raise no_such("payment_intent", identifier[:60], "intent")
    if intent["status"] != "requires_action":
        message = (
            "handleCardAction: The PaymentIntent supplied is not in the requires_action state."
        )
        raise StripeError(message, code="payment_intent_unexpected_state")
    return account, intent


def _amount(intent: dict[str, Any]) -> str:
    currency = str(intent["currency"])
    decimals = _DECIMALS.get(currency, 2)
    return f"{intent['amount'] / 10**decimals:.{decimals}f} {currency.upper()}"


def _json(content: dict[str, Any]) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
