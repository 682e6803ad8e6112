"""What API Gateway hands to a function: an HTTP API's events in payload format 2.0, and the context.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.support.roles import acting_as
from tests.support.users import ISSUER

DOMAIN = "api.example.com"
"""The API's own domain name."""

Event = dict[str, Any]
JSON_TYPE = {"content-type": "application/json"}


@dataclass
class LambdaContext:
    """The context object of an invocation; a request has 29 seconds unless a test says less."""

    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name: str = "countersign"
    function_version: str = "$LATEST"
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:countersign"
    memory_limit_in_mb: int = 512
    log_group_name: str = "/aws/lambda/countersign"
    log_stream_name: str = "stream"
    milliseconds: int = 29_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@dataclass(frozen=True)
class HttpAnswer:
    """A function's answer as a caller sees it."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The `code` of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self
        return str(self.json["code"])


def http_event(
    method: str,
    path: str,
    *,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | str | None = None,
    cookies: Sequence[str] = (),
    user: str | None = None,
    scope: str | None = None,
    claims: Mapping[str, Any] | None = None,
    encoded: bool = False,
) -> Event:
    """An event for a route. `user`, `scope` and more `claims` are what the JWT authorizer has
    verified; `encoded` sends the body as base64, as API Gateway does for every media type that is
    not text. A `query` that is text is sent as it is; `cookies` are pairs, `name=value`.
    """
    raw = body.encode() if isinstance(body, str) else body
    raw_query = query if isinstance(query, str) else urlencode(query or {})
    event: Event = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": raw_query,
        "headers": {"host": DOMAIN, **(headers or {})},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": DOMAIN,
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "tests",
            },
            "requestId": "id",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "22/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1_795_305_600_000,
        },
        "isBase64Encoded": encoded,
    }
    if query:
        event["queryStringParameters"] = dict(parse_qsl(raw_query, keep_blank_values=True))
    if cookies:
        event["cookies"] = list(cookies)
    if raw is not None:
        event["body"] = base64.b64encode(raw).decode() if encoded else raw.decode()
    if user is not None:
        verified = {"sub": user, "iss": ISSUER, **({"scope": scope} if scope else {})}
        event["requestContext"]["authorizer"] = {
            "jwt": {
                "claims": verified | dict(claims or {}),
                "scopes": scope.split() if scope else None,
            }
        }
    return event


@dataclass
class Caller:
    """Calls a function's handler as a browser or a server would call the API."""

    handler: Any
    user: str | None = None
    scope: str | None = None
    context: LambdaContext = field(default_factory=LambdaContext)

    def send(self, event: Event) -> HttpAnswer:
        """Invoke with a whole event."""
        with acting_as(self.handler):
            answer = self.handler(event, self.context)
        assert set(answer) <= {"statusCode", "headers", "body", "cookies", "isBase64Encoded"}
        assert not answer.get("isBase64Encoded")
        headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
        kept = tuple(answer.get("cookies", ()))
        return HttpAnswer(answer["statusCode"], headers, answer.get("body") or "", kept)

    def get(self, path: str, **options: Any) -> HttpAnswer:
        """A GET with the caller's token."""
        return self.send(self._event("GET", path, **options))

    def delete(self, path: str, **options: Any) -> HttpAnswer:
        """A DELETE with the caller's token."""
        return self.send(self._event("DELETE", path, **options))

    def post(self, path: str, body: Any = None, **options: Any) -> HttpAnswer:
        """A POST; a body that is no text is sent as JSON."""
        return self._with_body("POST", path, body, options)

    def patch(self, path: str, body: Any = None, **options: Any) -> HttpAnswer:
        """A PATCH, its body as that of a POST."""
        return self._with_body("PATCH", path, body, options)

    def _with_body(self, method: str, path: str, body: Any, options: Any) -> HttpAnswer:
        if body is not None and not isinstance(body, str | bytes):
            body = json.dumps(body)
        headers = JSON_TYPE | options.pop("headers", {})
        return self.send(self._event(method, path, body=body, headers=headers, **options))

    def _event(self, method: str, path: str, **options: Any) -> Event:
        return http_event(method, path, **({"user": self.user, "scope": self.scope} | options))
