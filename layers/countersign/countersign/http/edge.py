"""The HTTP edge: events of API Gateway, and the one place where errors become responses.

Events and responses have the payload format 2.0 of an HTTP API:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from msgspec import Struct

from countersign.aws.telemetry import count, flush, logger
from countersign.crypto.users import qualify
from countersign.http import deadline
from countersign.http.tokens import is_access_token, is_machine, scopes_of
from countersign.problems import Problem
from countersign.settings import settings

HttpEvent = dict[str, Any]
HttpResponse = dict[str, Any]
Handler = Callable[[HttpEvent, Any], HttpResponse]
Refuse = Callable[[HttpEvent, Problem], HttpResponse]
"""How a function answers with a refusal: as a problem, or as a page."""

OPERATOR, MERCHANT = "operator", "merchant"
"""The two scopes. What they are called in a token is a setting."""

PRIVATE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""The headers of every response about a person: no cache keeps it, no browser guesses its type."""

_MARGIN = 0.5
"""Seconds reserved for sending the response itself."""
_GATEWAY = 29
"""Seconds after which API Gateway is about to give up, however long the function may take."""
_LONGEST_SUBJECT = 255


class Caller(Struct, frozen=True):
    """Who a token speaks for: its subject (`sub`), the user that is this subject of its issuer
    (`crypto.users`), its scopes as it writes them, and whether a machine got it for itself.
    """

    subject: str
    user: str
    scopes: frozenset[str]
    is_machine: bool = False

    @property
    def is_operator(self) -> bool:
        """Whether the caller is the business itself and not one of its users."""
        return settings().scope_names[OPERATOR] in self.scopes

    def require(self, scope: str) -> None:
        """Raise 403 `missing_scope` for a caller without a scope. API Gateway checks this first."""
        name = settings().scope_names[scope]
        if name not in self.scopes:
            raise Problem(
                403,
                "missing_scope",
                f"The access token lacks the scope {name}. Use a token that has it.",
            )

    def require_person(self) -> None:
        """Raise 403 `person_required` for a machine."""
        if self.is_machine:
            raise Problem(
                403,
                "person_required",
                "The access token is a machine's, and this call acts for the person who is signed"
                " in. Send the access token of that person.",
            )


def caller(event: HttpEvent) -> Caller:
    """Return the caller, from the claims that API Gateway's JWT authorizer has verified.

    Raises 401 `invalid_token`, also for a token that is no access token. In a function with several
    calls, use `api.caller_of`.
    """
    claims = _claims(event)
    subject, issuer = claims.get("sub"), claims.get("iss")
    if not _is_subject(subject) or not isinstance(issuer, str) or not issuer:
        raise Problem(
            401,
            "invalid_token",
            "The access token names no subject (`sub`). Sign in again and send its access token.",
        )
    if not is_access_token(claims, header(event, "authorization")):
        raise Problem(
            401,
            "invalid_token",
            "This token is no access token: an ID token is for the client that signed the person"
            " in. Send the access token of the same sign-in.",
        )
    return Caller(subject, qualify(issuer, subject), scopes_of(claims), is_machine(claims))


def _claims(event: HttpEvent) -> Mapping[str, Any]:
    try:
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    except (KeyError, TypeError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _is_subject(subject: object) -> TypeGuard[str]:
    """OpenID Connect Core 1.0, section 2: `sub` has at most 255 ASCII characters."""
    return isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT and subject.isascii()


def header(event: HttpEvent, name: str) -> str | None:
    """Return a request header by its name in any case, or `None`."""
    wanted = name.lower()
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


def cookies(event: HttpEvent, name: str) -> list[str]:
    """Return the value of a cookie, or nothing where there is no such cookie, or more than one.

    A sibling subdomain can set a cookie whose name looks like ours, but for a space of Unicode, to
    have it taken for ours. So a name ends only at space and tab (RFC 6265, section 5.2), and one
    that only looks like ours makes two. API Gateway lists cookies beside the headers, other front
    ends leave them in one header.
    """
    pairs = ";".join([*(event.get("cookies") or ()), header(event, "cookie") or ""]).split(";")
    named = [pair.strip(" \t").partition("=") for pair in pairs]
    alike = [(found.strip(" \t"), value) for found, _, value in named if _visible(found) == name]
    return [value.strip(" \t") for found, value in alike if found == name and len(alike) == 1]


def _visible(text: str) -> str:
    """Return a text without what nobody sees: spaces, control and format characters."""
    return "".join(each for each in text if each.isprintable() and not each.isspace())


def public_origin(event: HttpEvent) -> str:
    """Return the deployment's own origin: the one that is set, else the API's domain name."""
    return settings().public_url or f"https://{event['requestContext']['domainName']}"


def raw_body(event: HttpEvent, limit: int) -> bytes:
    """Return the body's bytes. Raises 413 `payload_too_large` above `limit` bytes and 400
    `invalid_body`.
    """
    body: str = event.get("body") or ""
    if len(body) > limit * 4 // 3 + 4:
        raise _too_large(limit)
    try:
        raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except ValueError as error:
        raise Problem(
            400,
            "invalid_body",
            "The body is not valid base64. Send the bytes of the body as they are.",
        ) from error
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _too_large(limit: int) -> Problem:
    return Problem(413, "payload_too_large", f"The body is too large. Send at most {limit} bytes.")


def json_response(
    status: int, body: object, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a response with a JSON body that no cache keeps."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", **PRIVATE, **(headers or {})},
        "body": json.dumps(body, separators=(",", ":")),
    }


def problem_response(problem: Problem) -> HttpResponse:
    """Return a refusal as `application/problem+json` (RFC 9457)."""
    headers = {"content-type": "application/problem+json", **problem.headers}
    return json_response(problem.status, problem.as_dict(), headers)


def as_problem(_: HttpEvent, problem: Problem) -> HttpResponse:
    """Return a refusal as a problem, for every caller."""
    return problem_response(problem)


def boundary(handle: Handler, refuse: Refuse = as_problem) -> Handler:
    """Make a Lambda handler: set the time limit, turn refusals into responses, and log any other
    error and answer it with a 500 that reveals nothing
    (docs/decisions.md#errors-become-responses-in-one-place).
    """

    @functools.wraps(handle)
    def handler(event: HttpEvent, context: Any) -> HttpResponse:
        logger.structure_logs(append=False, aws_request_id=context.aws_request_id)
        left = min(context.get_remaining_time_in_millis() / 1000, _GATEWAY)
        deadline.start(left - _MARGIN)
        try:
            return handle(event, context)
        except Problem as problem:
            logger.info("refused", extra={"code": problem.code, "status": problem.status})
            if problem.status == 500:
                count("InternalError")
            return refuse(event, problem)
        except Exception:  # noqa: BLE001  errors become responses here alone
            logger.exception("unexpected")
            count("InternalError")
            detail = "Something went wrong in this service, and it is logged. Try again later."
            return refuse(event, Problem(500, "internal_error", detail))
        finally:
            flush()

    return handler
