"""Which calls the shop's server serves, and how it refuses the others."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.shop.relying_party import Json, RelyingPartyError

Call = Callable[[Request, Json], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]
Guard = Callable[[Call], Endpoint]


def of_own_pages(origin: str) -> Guard:
    """Return the guard of the calls that the pages of this origin may make, and no other site's,
    with a JSON object as their body.
    """

    def guard(call: Call) -> Endpoint:
        async def answer(request: Request) -> Response:
            if request.headers.get("origin") != origin:
                return problem(403, "wrong_origin")
            try:
                body = json.loads(await request.body() or b"{}")
            except ValueError:
                return problem(400, "invalid_json")
            if not isinstance(body, dict):
                return problem(400, "invalid_json")
            return await _answered(call(request, body))

        return answer

    return guard


def read_only(call: Call) -> Endpoint:
    """Serve a call that changes nothing: no other site can read its answer."""

    async def answer(request: Request) -> Response:
        return await _answered(call(request, {}))

    return answer


async def _answered(response: Awaitable[Response]) -> Response:
    """Return the answer of a call. What was not granted is passed on as it came, so that the page
    knows what to do; but the shop's own token is none of the page's business.
    """
    try:
        return await response
    except RelyingPartyError as error:
        known = error.status if error.status < 500 else 503
        status = 422 if error.status == 401 else known
        after = {"retry-after": error.retry_after} if error.retry_after else {}
        return problem(status, error.code, error.problem, after)


def problem(
    status: int, code: str, told: Json | None = None, headers: dict[str, str] | None = None
) -> Response:
    """Return a problem (RFC 9457), with all else that was told of it."""
    members = {"type": "about:blank", **(told or {}), "status": status, "code": code}
    return JSONResponse(members, status, headers, media_type="application/problem+json")
