"""The server at this machine's port: which app answers for each host name and path."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from html import escape
from secrets import token_urlsafe
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from local.config import ALTERNATIVE_PATH, CLIENT_ID, ISSUER_PATH, SHOP_HOST
from local.google.machine import GooglePay
from local.google.token_endpoint import token_endpoint
from local.issuer import TokenMaker
from local.pages import page, paragraph
from local.stripe_settings import STRIPE_PATH

EVENTS_PATH = "/_local/events"
TOKEN_KINDS = ("access", "id", "machine")
SUBJECT_LIMIT = 256

_HERE = ("localhost", "127.0.0.1", "::1")
_ADDRESSED_WRONGLY = "This server answers to localhost and its subdomains alone.\n"


class FrontDoor:
    """An ASGI app that chooses by host name.

    A foreign name gets 421 (RFC 9110, section 15.5.20): a site that points its name at 127.0.0.1
    must not reach what is served here.
    """

    def __init__(self, hosts: Mapping[str, ASGIApp]) -> None:
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._app(host_name(scope))(scope, receive, send)

    def _app(self, host: str) -> ASGIApp:
        if host in self._hosts:
            return self._hosts[host]
        if host.endswith(".localhost"):
            return _not_served(host, self._hosts)
        return PlainTextResponse(_ADDRESSED_WRONGLY, 421)


def create_front_door(
    api: ASGIApp,
    issuer: ASGIApp,
    tokens: TokenMaker,
    google: GooglePay,
    shop: ASGIApp,
    stand_in: ASGIApp | None,
    events: Sequence[BaseRoute] = (),
) -> FrontDoor:
    """Return the front door. Without a stand-in, Stripe itself is used. The routes of `events` show
    the domain events.
    """
    local: list[BaseRoute] = [
        Route("/token", _token_endpoint(tokens), methods=["POST"]),
        Route("/google-pay/token", token_endpoint(google), methods=["POST"]),
        Route(_below(ALTERNATIVE_PATH), _alternative),
        Mount(_below(ISSUER_PATH), issuer),
        *events,
    ]
    if stand_in is not None:
        local.append(Mount(_below(STRIPE_PATH), stand_in))
    main = Starlette(routes=[Mount("/_local", routes=local), Mount("", api)])
    hosts: dict[str, ASGIApp] = {**dict.fromkeys(_HERE, main), SHOP_HOST: shop}
    return FrontDoor(hosts if stand_in is None else hosts | {"stripe.localhost": stand_in})


def host_name(scope: Scope) -> str:
    """Return the host of a request, in lower case without its port; empty unless there is one."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    try:
        return (urlsplit(f"//{hosts[0]}").hostname or "") if len(hosts) == 1 else ""
    except ValueError:
        return ""


def _below(path: str) -> str:
    return path.removeprefix("/_local")


def _token_endpoint(tokens: TokenMaker) -> Callable[[Request], Awaitable[Response]]:
    """`POST /_local/token {sub, scope?, kind?}`: a token for any subject, for a program."""

    async def token(request: Request) -> Response:
        try:
            asked = json.loads(await request.body())
        except ValueError:
            return _bad_request("the body must be JSON")
        if problem := _token_problem(asked):
            return _bad_request(problem)
        made = _token(tokens, asked["sub"], asked.get("scope", "").split(), asked.get("kind"))
        return JSONResponse({"access_token": made}, headers={"cache-control": "no-store"})

    return token


def _token(tokens: TokenMaker, sub: str, scopes: list[str], kind: str | None) -> str:
    match kind:
        case "id":
            return tokens.id_token(sub, sub, CLIENT_ID, nonce=token_urlsafe(16))
        case "machine":
            return tokens.machine_token(sub, scopes)
        case _:
            return tokens.access_token(sub, scopes, CLIENT_ID)


def _token_problem(asked: object) -> str | None:
    if not isinstance(asked, dict):
        return "the body must be an object"
    if unknown := set(asked) - {"sub", "scope", "kind"}:
        return f"unknown member {min(unknown)}"
    sub = asked.get("sub")
    if not isinstance(sub, str) or not 1 <= len(sub) <= SUBJECT_LIMIT:
        return f"sub must be a string of 1 to {SUBJECT_LIMIT} characters"
    if not isinstance(asked.get("scope", ""), str):
        return "scope must be a string, its scopes separated by spaces"
    if asked.get("kind", "access") not in TOKEN_KINDS:
        return f"kind must be one of {', '.join(TOKEN_KINDS)}"
    return None


def _bad_request(detail: str) -> Response:
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail}
    return JSONResponse(
        problem | {"code": "invalid_request"}, 400, media_type="application/problem+json"
    )


async def _alternative(_: Request) -> Response:
    text = (
        "Here your business checks an identity in another way, for visitors who decline the"
        " biometric check. On one machine there is nothing behind this page."
    )
    return page("Another way to verify", paragraph(text) + '<p><a href="/">Start page</a></p>')


def _not_served(host: str, hosts: Iterable[str]) -> Response:
    named = (name for name in hosts if name.endswith("localhost"))
    served = "".join(f"<li>{escape(name)}</li>" for name in named)
    text = f"There is nothing at {host}. This machine serves:"
    return page("Not served here", f"{paragraph(text)}<ul>{served}</ul>", 404)
