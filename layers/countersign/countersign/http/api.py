"""Functions with several calls: Powertools' resolver with this package's errors, CORS and strict
JSON.

Only those functions import it, since its validation takes about 65 ms of a cold start.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.openapi.params import Header

from countersign.formats import strict_json
from countersign.http.edge import (
    PRIVATE,
    Caller,
    HttpEvent,
    HttpResponse,
    Refuse,
    as_problem,
    boundary,
    caller,
    header,
    raw_body,
)
from countersign.http.idempotency import IdempotencyKey
from countersign.problems import Fault, Invalid, Problem
from countersign.settings import settings

BODY_LIMIT = 64 * 1024
"""The most bytes that a request body may have."""
PREFLIGHT_AGE = 600
"""Seconds for which a browser may cache the response to a preflight."""

IdempotencyHeader = Annotated[
    str | None, Header(alias="idempotency-key", min_length=1, max_length=255)
]
"""The header of calls that create something: the same key and body give the same resource."""

MayRead = Callable[[HttpEvent, str], bool]

_MESSAGES = {
    "extra_forbidden": "is not a member of this request",
    "model_type": "must be a JSON object",
}
_ALLOWED_HEADERS = "authorization, content-type, idempotency-key"


def create_api() -> APIGatewayHttpResolver:
    """Return a resolver whose handlers declare their request and response as types."""
    api = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)

    api.exception_handler(Problem)(_refuse)
    api.exception_handler(RequestValidationError)(_invalid)
    api.exception_handler(ResponseValidationError)(_unexpected)
    api.not_found(_unknown)
    return api


def _refuse(problem: Problem) -> Response[Any]:
    """Leave it to the boundary. The resolver would log it as an error, with its trace."""
    raise problem


def _invalid(error: RequestValidationError) -> Response[Any]:
    raise Invalid([_fault(entry) for entry in error.errors()])


def _unexpected(error: ResponseValidationError) -> Response[Any]:
    raise RuntimeError("a response is not of its type") from error


def _unknown(_: Exception) -> Response[Any]:
    raise Problem(
        404,
        "not_found",
        "There is no such call. The OpenAPI document at /openapi.json lists all calls.",
    )


def is_own_site(_: HttpEvent, origin: str) -> bool:
    """Return whether an origin is one of the business's own sites."""
    return origin in settings().allowed_origins


def serve(
    api: APIGatewayHttpResolver,
    methods: str,
    *,
    refuse: Refuse = as_problem,
    may_read: MayRead = is_own_site,
    with_cookies: bool = False,
) -> Any:
    """Return the Lambda handler of a resolver. `methods` is the list for a preflight ("GET, POST").
    `may_read` decides whether pages of an origin may read a response, `with_cookies` whether they
    may send and keep this deployment's cookie.
    """

    def resolve(event: HttpEvent, context: Any) -> HttpResponse:
        request = _as_json(event)
        try:
            return api.resolve(request, context)
        except RecursionError as error:  # the resolver parses the text again, deeper in the stack
            raise _not_json() from error

    guarded = boundary(resolve, refuse)

    def handler(event: HttpEvent, context: Any) -> HttpResponse:
        if event["requestContext"]["http"]["method"] == "OPTIONS":
            response = _preflight(methods)
        else:
            response = guarded(event, context)
            response["headers"] = PRIVATE | response.get("headers", {})
        origin = header(event, "origin")
        allowed = origin if origin and may_read(event, origin) else None
        return _cross_origin(response, allowed, with_cookies)

    return handler


def caller_of(api: APIGatewayHttpResolver, scope: str | None = None) -> Caller:
    """Return the caller of the request that `api` is answering.

    Raises 401 `invalid_token`, and 403 `missing_scope` for a caller without `scope`.
    """
    found = caller(api.current_event.raw_event)
    if scope is not None:
        found.require(scope)
    return found


def person_of(api: APIGatewayHttpResolver) -> Caller:
    """Return the caller of a request that only a person makes.

    Raises 401 `invalid_token`, and 403 `person_required` for a machine.
    """
    found = caller_of(api)
    found.require_person()
    return found


def idempotency_key_of(
    api: APIGatewayHttpResolver, user: str, key: str | None
) -> IdempotencyKey | None:
    """Return the `Idempotency-Key` of the current request, within its caller and route."""
    if key is None:
        return None
    event = api.current_event
    route = event.raw_event["requestContext"]["http"]["path"].strip("/")
    return IdempotencyKey(user, route, key, (event.body or "").encode())


def _as_json(event: HttpEvent) -> HttpEvent:
    """Return the event with its body as JSON text. No body is an empty object, whatever its type.

    Raises 413 `payload_too_large` and 400 `invalid_json`.
    """
    raw = raw_body(event, BODY_LIMIT)
    try:
        text = raw.decode() or "{}"
        # The resolver takes null for nothing and an array for its first member.
        if not isinstance(strict_json.parse(text), dict):
            raise Invalid([{"pointer": "", "message": _MESSAGES["model_type"]}])
    except ValueError as error:
        raise _not_json() from error
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    headers["content-type"] = "application/json"
    return event | {"body": text, "isBase64Encoded": False, "headers": headers}


def _not_json() -> Problem:
    detail = "The body cannot be read. Send JSON in UTF-8, with each member once."
    return Problem(400, "invalid_json", detail)


def _fault(entry: dict[str, Any]) -> Fault:
    """Pydantic's error as a JSON Pointer into the body (or to a query parameter) and a message."""
    # A fault of a key is reported for its member.
    steps: Sequence[Any] = [step for step in entry["loc"][1:] if step != "[key]"]
    escaped = [str(step).replace("~", "~0").replace("/", "~1") for step in steps]
    message = _MESSAGES.get(entry["type"], entry["msg"])
    return {"pointer": "".join(f"/{step}" for step in escaped), "message": message}


def _preflight(methods: str) -> HttpResponse:
    headers = {
        "access-control-allow-methods": methods,
        "access-control-allow-headers": _ALLOWED_HEADERS,
        "access-control-max-age": str(PREFLIGHT_AGE),
    }
    return {"statusCode": 204, "headers": headers, "body": ""}


def _cross_origin(response: HttpResponse, origin: str | None, with_cookies: bool) -> HttpResponse:
    """Let pages of an origin read a response (https://fetch.spec.whatwg.org/#http-cors-protocol)."""
    headers = response.setdefault("headers", {})
    headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "origin")))
    if origin:
        headers["access-control-allow-origin"] = origin
        headers["access-control-expose-headers"] = "retry-after"
        if with_cookies:
            headers["access-control-allow-credentials"] = "true"
    return response
