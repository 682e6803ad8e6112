"""OPTIONS requests, which the emulator's HTTP API answers by itself instead of routing them.

An HTTP API without a CORS configuration of its own routes OPTIONS like any other method, and the
bundle's functions answer it; so it is routed here and the function invoked directly.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-
lambda.html
"""

import asyncio
import base64
import json
import re
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.routes import Route

Invoke = Callable[[str, bytes], tuple[bytes, bool]]
"""Invokes a function by ARN with a payload: its answer, and whether it failed."""


async def answer_options(request: Request, routes: Sequence[Route], invoke: Invoke) -> Response:
    """Return what the deployed API would answer to an OPTIONS request."""
    path: str = request.scope["path"]
    route = find_route(routes, "OPTIONS", path)
    if route is None:
        return JSONResponse({"message": "Not Found"}, 404)
    if route.authorizer is not None:
        return JSONResponse({"message": "Unauthorized"}, 401)
    payload = json.dumps(_event(request, route, path)).encode()
    answer, failed = await asyncio.to_thread(invoke, route.function, payload)
    if failed:
        return JSONResponse({"message": "Internal Server Error"}, 500)
    return _response(json.loads(answer))


def find_route(routes: Sequence[Route], method: str, path: str) -> Route | None:
    """Return the route of a request: a full match, else a greedy one, else `$default`."""
    matching = [route for route in routes if _parameters(route, method, path) is not None]
    return max(matching, key=_specificity, default=None)


def lambda_invoker(client: Any) -> Invoke:
    """Invoke through a boto3 Lambda client."""

    def invoke(function: str, payload: bytes) -> tuple[bytes, bool]:
        answer = client.invoke(FunctionName=function, Payload=payload)
        return answer["Payload"].read(), "FunctionError" in answer

    return invoke


def _parameters(route: Route, method: str, path: str) -> dict[str, str] | None:
    if route.key == "$default":
        return {}
    route_method, route_path = route.key.split(" ", 1)
    pattern = re.sub(r"\\{(\w+)(\\\+)?\\}", _group, re.escape(route_path))
    found = re.fullmatch(pattern, path) if route_method in (method, "ANY") else None
    return found.groupdict() if found else None


def _group(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})"


def _specificity(route: Route) -> tuple[bool, bool, int, bool]:
    literal = sum(1 for part in route.key.split("/") if part and not part.startswith("{"))
    return route.key != "$default", "+}" not in route.key, literal, not route.key.startswith("ANY ")


def _event(request: Request, route: Route, path: str) -> dict[str, Any]:
    """Return the event of payload format 2.0 for a request without a body."""
    now = time.time()
    query = dict[str, str]()
    for name, value in parse_qsl(request.url.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    event = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.url.query,
        "headers": {name: ",".join(request.headers.getlist(name)) for name in request.headers},
        "requestContext": {
            "accountId": route.function.split(":")[4],
            "apiId": "local",
            "domainName": request.headers.get("host", ""),
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client.host if request.client else "127.0.0.1",
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": uuid4().hex,
            "routeKey": route.key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    event |= {"queryStringParameters": query} if query else {}
    parameters = _parameters(route, request.method, path)
    return event | ({"pathParameters": parameters} if parameters else {})


def _response(answer: Any) -> Response:
    """Return a function's answer as HTTP; one without `statusCode` is itself the JSON body of a
    200.
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return JSONResponse(answer)
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    response = Response(content, int(answer["statusCode"]), answer.get("headers"))
    for cookie in answer.get("cookies", ()):
        response.headers.append("set-cookie", cookie)
    return response
