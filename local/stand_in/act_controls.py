"""The controls of what others do at Stripe: `/_authenticate` the payer, `/_merchant` the merchant,
the issuer or time; and `/_ledger`, what the stand-in holds true.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.stand_in import attempts, installs, merchant_acts, payments
from local.stand_in.backend import Backend
from local.stand_in.bodies import Body, read
from local.stand_in.errors import no_such

_AFTERMATH = (payments.REFUND, payments.DISPUTE, payments.REVIEW)


class AuthenticationOrder(Body):
    """The body of `POST /_authenticate`; `leave` is a payer who leaves the challenge."""

    payment_intent: str
    outcome: Literal["pass", "fail", "leave"]


class MerchantOrder(Body):
    """The body of `POST /_merchant`. The `amount` is of a capture or a refund, all without one; the
    `permission` is what the app loses, all without one.
    """

    account: str
    do: merchant_acts.Act | Literal["withdraw_permission"]
    payment_intent: str | None = None
    amount: Annotated[int, Field(ge=1, le=99_999_999)] | None = None
    permission: str | None = None

    @model_validator(mode="after")
    def _has_the_members_of_what_is_done(self) -> "MerchantOrder":
        if self.amount is not None and self.do not in ("capture", "refund"):
            raise ValueError("only a capture and a refund have an amount")
        if (self.payment_intent is None) != (self.do == "withdraw_permission"):
            raise ValueError("all is done to a payment_intent, but for withdraw_permission")
        if self.permission not in (None, *installs.PERMISSIONS):
            raise ValueError("the app does not ask for this permission")
        return self


async def authenticate(request: Request) -> Response:
    order, backend = await read(request, AuthenticationOrder), _backend(request)
    with backend.store.transaction():
        if order.outcome == "leave":
            return JSONResponse(payments.of_any_account(backend, order.payment_intent)[1])
        passed = order.outcome == "pass"
        return JSONResponse(attempts.authenticate(backend, order.payment_intent, passed=passed))


async def act_as_merchant(request: Request) -> Response:
    order, backend = await read(request, MerchantOrder), _backend(request)
    with backend.store.transaction():
        if order.do == "withdraw_permission" or order.payment_intent is None:
            install = installs.find(backend, order.account, livemode=False)
            if install is None:
                raise no_such("app install", order.account[:60], "account")
            return JSONResponse(installs.withdraw(backend, install, order.permission))
        named = order.account, order.payment_intent, order.do
        return JSONResponse(merchant_acts.act(backend, *named, order.amount))


async def show_ledger(request: Request) -> Response:
    backend = _backend(request)
    sessions = [stored["object"] for _, stored in backend.store.oldest_first("session")]
    ledger = {
        "payment_intents": [
            _with_charge(backend, stored)
            for _, stored in backend.store.oldest_first("payment_intent")
        ],
        **{f"{kind}s": _all(backend, kind) for kind in _AFTERMATH},
        "verification_sessions": sessions,
        "installs": list(installs.newest_first(backend))[::-1],
    }
    return JSONResponse(ledger)


def _all(backend: Backend, kind: str) -> list[dict[str, Any]]:
    """Return the objects of a kind, each with its account."""
    found = (stored for _, stored in backend.store.oldest_first(kind))
    return [{"account": stored["account"], **stored["object"]} for stored in found]


def _with_charge(backend: Backend, stored: dict[str, Any]) -> dict[str, Any]:
    """Return a PaymentIntent with its account, and its charge expanded."""
    account, intent = stored["account"], stored["object"]
    charge = intent["latest_charge"]
    found = payments.find(backend, payments.CHARGE, account, charge) if charge else None
    return {"account": account, **intent, "latest_charge": found}


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
