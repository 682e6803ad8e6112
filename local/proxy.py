"""Forwards requests to the deployed HTTP API byte for byte, and its answers back."""

import asyncio
import json
from collections.abc import Iterable, Sequence

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from local.preflight import Invoke, answer_options, find_route
from local.progress import complain
from local.routes import Route

Headers = list[tuple[bytes, bytes]]

BODY_LIMIT = 10 * 1024 * 1024
"""API Gateway's quota for the payload of an HTTP API."""
AT_ONCE = 3
"""Requests that the emulator gets at the same time. Each concurrent request to a function has its
own worker, which takes a second to start: more make a small machine slower, not faster.
"""
TIMEOUT = httpx.Timeout(35, connect=5, pool=None)
"""Longer than the 30 s after which API Gateway itself gives up."""

# RFC 9110, section 7.6.1; `expect` is settled by the server that read it.
_HOP_BY_HOP = {
    *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"te"),
    *(b"proxy-authorization", b"trailer", b"transfer-encoding", b"upgrade", b"expect"),
}
# The server that sends the answer on sets these itself.
_REPLACED = {b"date", b"server"}


class ApiProxy:
    """An ASGI app in front of one HTTP API of the emulator.

    The API is addressed by path and not by host, since the emulator keeps some paths (such as
    `/health`) to itself on every host.
    """

    def __init__(
        self, http: httpx.AsyncClient, base: str, routes: Sequence[Route], invoke: Invoke
    ) -> None:
        self._http = http
        self._base = httpx.URL(base)
        self._routes = routes
        self._invoke = invoke
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        body = await _limited_body(request)
        if body is None:
            return JSONResponse({"message": "Request Entity Too Large"}, 413)
        if request.method == "OPTIONS":
            return await answer_options(request, self._routes, self._invoke)
        try:
            async with self._turns:
                return await self._forward(request, body)
        except httpx.TimeoutException:
            return unavailable(504, "Gateway Timeout", "the AWS emulator did not answer in time")
        except httpx.TransportError:
            return unavailable(502, "Bad Gateway", "the AWS emulator does not answer")

    async def _forward(self, request: Request, body: bytes) -> Response:
        outgoing = httpx.Request(
            request.method,
            self._base,
            headers=end_to_end(request.headers.raw, without={b"content-length"}),
            content=body or None,
            # The client would respell the path and query.
            extensions={"target": self._target(request.scope), "timeout": TIMEOUT.as_dict()},
        )
        answer = await self._http.send(outgoing, stream=True)
        try:
            content = b"".join([chunk async for chunk in answer.aiter_raw()])
        finally:
            await answer.aclose()
        if answer.status_code == httpx.codes.BAD_GATEWAY and _is_function_error(content):
            self._tell_of_failure(request)
            return JSONResponse({"message": "Internal Server Error"}, 500)
        response = Response(content, answer.status_code)
        response.raw_headers = end_to_end(answer.headers.raw, without=_REPLACED)
        return response

    def _tell_of_failure(self, request: Request) -> None:
        # The route and not the path, which may hold an id.
        route = find_route(self._routes, request.method, request.scope["path"])
        complain(f"{route.key if route else 'a function'} failed: `make logs` shows why")

    def _target(self, scope: Scope) -> bytes:
        path: bytes = scope["raw_path"]
        query: bytes = scope["query_string"]
        return self._base.raw_path + path + (b"?" + query if query else b"")


def end_to_end(headers: Iterable[tuple[bytes, bytes]], without: set[bytes]) -> Headers:
    """Return the headers that a proxy passes on, in their order and spelling."""
    listed = list(headers)
    named = {
        token.strip().lower()
        for name, value in listed
        if name.lower() == b"connection"
        for token in value.split(b",")
    }
    dropped = _HOP_BY_HOP | named | without
    return [(name, value) for name, value in listed if name.lower() not in dropped]


def unavailable(status: int, title: str, detail: str) -> Response:
    """Return a problem (RFC 9457) of this machine and not of the bundle."""
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(
        problem | {"code": "emulator_unavailable"}, status, media_type="application/problem+json"
    )


def _is_function_error(content: bytes) -> bool:
    """Return whether this is a failed function's error, which API Gateway never passes on."""
    try:
        members = set(json.loads(content))
    except (ValueError, TypeError):
        return False
    return {"errorMessage", "errorType"} <= members


async def _limited_body(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_LIMIT:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
