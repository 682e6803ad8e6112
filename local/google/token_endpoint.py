"""`POST /_local/google-pay/token`: what Google Pay would hand to a page, made by a program."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.google.machine import GooglePay
from local.google.payloads import payload
from local.google.payment_data import payment_data

_TEN_YEARS_S = 10 * 365 * 24 * 3600
_TITLES = {409: "Conflict", 422: "Unprocessable Content"}


class TokenOrder(BaseModel):
    """What the token is to say. A flag or `eci` that is not given is not in it; `expires_in_s` may
    be negative, for a token that is too late.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    auth_method: Literal["PAN_ONLY", "CRYPTOGRAM_3DS"] = "CRYPTOGRAM_3DS"
    card_holder_authenticated: bool | None = None
    account_verified: bool | None = None
    eci: Annotated[str, Field(max_length=2)] | None = None
    pan: Annotated[str, Field(pattern=r"^[0-9]{12,19}$")] | None = None
    expires_in_s: Annotated[int, Field(ge=-_TEN_YEARS_S, le=_TEN_YEARS_S)] = 7 * 24 * 3600
    message_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @property
    def assurance(self) -> dict[str, bool] | None:
        flags = {
            "cardHolderAuthenticated": self.card_holder_authenticated,
            "accountVerified": self.account_verified,
        }
        return {name: flag for name, flag in flags.items() if flag is not None} or None

    def payload(self, now_ms: int) -> dict[str, Any]:
        return payload(
            self.auth_method,
            assurance=self.assurance,
            eci=self.eci,
            pan=self.pan,
            message_id=self.message_id,
            message_expiration_ms=now_ms + self.expires_in_s * 1000,
        )


def token_endpoint(google: GooglePay) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of one run; its tokens are sealed to this run's newest key."""

    async def endpoint(request: Request) -> Response:
        try:
            order = TokenOrder.model_validate_json(await request.body())
        except ValidationError as error:
            return _problem(422, "invalid_request", _explain(error))
        if not google.is_trusted:
            return _problem(409, "root_key_not_trusted", _not_trusted(google))
        return _answer(google, order)

    return endpoint


def _answer(google: GooglePay, order: TokenOrder) -> Response:
    now_ms = int(time.time() * 1000)
    cleartext = order.payload(now_ms)
    token = google.sealer.seal(
        cleartext, recipient_id=google.recipient_id, public_key=google.public_key, now_ms=now_ms
    )
    answer = {"token": token, "payment_data": payment_data(cleartext, token)}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


def _not_trusted(google: GooglePay) -> str:
    return (
        "This run was given GOOGLE_PAY_ROOT_KEYS without the stand-in's root key, so the bundle"
        " would refuse its tokens. Leave GOOGLE_PAY_ROOT_KEYS unset, or add to its keys: "
        + json.dumps(google.own_root)
    )


def _explain(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'body'}: {problem['msg']}"
        for problem in problems
    )


def _problem(status: int, code: str, detail: str) -> Response:
    problem = {"type": "about:blank", "title": _TITLES[status], "status": status, "code": code}
    media_type = "application/problem+json"
    return JSONResponse(problem | {"detail": detail}, status, media_type=media_type)
