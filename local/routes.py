"""The routes and authorizers that SAM writes into an HTTP API's OpenAPI body."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.errors import LocalError

_METHODS = (
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "x-amazon-apigateway-any-method",
)
_FUNCTION = re.compile(r"/functions/(?P<arn>.+)/invocations$")


class UnknownRouteError(LocalError):
    """The emulator's HTTP API cannot have this route. The message names it."""


@dataclass(frozen=True)
class Authorizer:
    """A JWT authorizer: RFC 7519 issuer and audience, and where the token is found."""

    name: str
    issuer: str
    audience: tuple[str, ...]
    identity_source: str


@dataclass(frozen=True)
class Route:
    """One route key, its function's ARN, and who may call it (anyone, if `authorizer` is None)."""

    key: str
    function: str
    authorizer: str | None = None
    scopes: tuple[str, ...] = ()
    payload_version: str = "2.0"


def authorizers(body: Mapping[str, Any]) -> list[Authorizer]:
    """Return the JWT authorizers of a resolved OpenAPI body."""
    schemes = body.get("components", {}).get("securitySchemes", {})
    return [_authorizer(name, scheme) for name, scheme in schemes.items()]


def routes(body: Mapping[str, Any]) -> list[Route]:
    """Return the routes of a resolved OpenAPI body, in its order.

    Raises UnknownRouteError for an integration that is not a Lambda proxy.
    """
    return [
        _route(_key(path, method), operation, body.get("security", []))
        for path, item in body.get("paths", {}).items()
        for method, operation in _operations(item)
    ]


def _operations(item: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((method, item[method]) for method in _METHODS if method in item)


def _key(path: str, method: str) -> str:
    if path == "/$default":
        return "$default"
    return f"{'ANY' if method.startswith('x-') else method.upper()} {path}"


def _route(key: str, operation: Mapping[str, Any], general: list[Mapping[str, Any]]) -> Route:
    integration = operation.get("x-amazon-apigateway-integration", {})
    function = _FUNCTION.search(str(integration.get("uri", "")))
    if str(integration.get("type", "")).lower() != "aws_proxy" or not function:
        raise UnknownRouteError(f"the route {key} does not lead to a function")
    authorizer, scopes = _security(operation.get("security", general))
    version = str(integration.get("payloadFormatVersion", "2.0"))
    return Route(key, function["arn"], authorizer, scopes, version)


def _security(requirements: list[Mapping[str, Any]]) -> tuple[str | None, tuple[str, ...]]:
    """Return the authorizer of a route with its scopes; SAM writes one per route, or `NONE`."""
    for requirement in requirements:
        for name, scopes in requirement.items():
            return (None, ()) if name == "NONE" else (name, tuple(scopes))
    return None, ()


def _authorizer(name: str, scheme: Mapping[str, Any]) -> Authorizer:
    described = scheme.get("x-amazon-apigateway-authorizer", {})
    if described.get("type") != "jwt":
        raise UnknownRouteError(f"the authorizer {name} is not a JWT authorizer")
    jwt = described["jwtConfiguration"]
    audience = tuple(str(value) for value in jwt["audience"])
    return Authorizer(name, str(jwt["issuer"]), audience, str(described["identitySource"]))
