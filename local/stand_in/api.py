"""The API's front: who calls, with what, and Stripe's headers on the answer."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from local.stand_in import access, forms, locks, operations, request_log
from local.stand_in.answers import Answer, refusal
from local.stand_in.backend import Backend
from local.stand_in.errors import StripeError
from local.stand_in.events import API_VERSION, Cause
from local.stand_in.execution import Accepted, perform
from local.stand_in.ids import new_request_id
from local.stand_in.request_log import RequestEntry

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_FORM = "application/x-www-form-urlencoded"


class StripeResponse(JSONResponse):
    """JSON indented as Stripe's is."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, indent=2, ensure_ascii=False).encode()


async def call_api(request: Request) -> StripeResponse:
    """Answer any call under `/v1/` and note it for `/_requests`, whatever becomes of it."""
    backend: Backend = request.app.state.backend
    path = f"/v1/{request.path_params['path']}"
    key, account = request.headers.get("idempotency-key"), request.headers.get("stripe-account")
    # Stripe honors the key on POST alone.
    cause = Cause(new_request_id(), key if request.method == "POST" else None)
    try:
        answer = await perform(backend, await _accept(request, path, cause))
    except StripeError as error:
        answer = refusal(backend, error)
    entry = RequestEntry(request.method, path, key, account, answer.status, int(backend.now()))
    request_log.note(backend, str(cause.request_id), entry)
    return StripeResponse(answer.body, answer.status, _headers(answer, cause))


async def _accept(request: Request, path: str, cause: Cause) -> Accepted:
    restricted = access.is_restricted(request.headers)
    operation, ids = operations.find(request.method, path)
    access.check_version(request.headers)
    account = access.connected_account(request.app.state.backend, request.headers)
    if account and not operation.on_connected:
        raise StripeError(
            f"The stand-in does not have {operation.path} on connected accounts: call it without"
            " Stripe-Account."
        )
    return Accepted(operation, ids, path, await _pairs(request), restricted, cause, account)


async def _pairs(request: Request) -> list[tuple[str, str]]:
    body = await request.body() if request.method == "POST" else b""
    media_type = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if body and media_type != _FORM:
        raise StripeError(f"Invalid request: the body of a POST is {_FORM}, not {media_type}.")
    return forms.decode(request.scope["query_string"]) + forms.decode(body)


def _headers(answer: Answer, cause: Cause) -> dict[str, str]:
    """`Date` is the HTTP server's own to add (RFC 9110, section 6.6.1)."""
    headers = {
        "Request-Id": str(cause.request_id),
        "Stripe-Version": API_VERSION,
        "Cache-Control": "no-cache, no-store",
    }
    if answer.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Stripe stand-in"'
    if cause.idempotency_key is not None:
        headers["Idempotency-Key"] = cause.idempotency_key
        headers["Original-Request"] = answer.original_request or str(cause.request_id)
    if answer.original_request is not None:
        headers["Idempotent-Replayed"] = "true"
    if answer.body.get("error", {}).get("code") == locks.CODE:
        headers["Stripe-Should-Retry"] = "true"
    return headers
