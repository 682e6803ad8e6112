"""What answers under each host name and path of this machine's port."""

from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from countersign.http.tokens import is_access_token, is_machine, scopes_of
from local.front_door import create_front_door
from local.google.machine import GooglePay, google_pay, load_keys
from local.google_settings import read_google_settings
from local.issuer import TokenMaker, create_issuer
from local.issuer import load_key as load_issuer_key
from tests.support.asgi import ask_app

ISSUER = "http://localhost:8000/_local/issuer"


def saying(name: str) -> ASGIApp:
    """An app that answers with its name and the path it was given."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        response = PlainTextResponse(f"{name} {Request(scope).method} {path}")
        await response(scope, receive, send)

    return app


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenMaker:
    folder: Path = tmp_path_factory.mktemp("front_door")
    return TokenMaker(load_issuer_key(folder / "issuer.pem"), ISSUER, "countersign-local")


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> GooglePay:
    keys = load_keys(tmp_path_factory.mktemp("google") / "google-pay.json")
    return google_pay(read_google_settings({}), keys)


@pytest.fixture
def door(tokens: TokenMaker, google: GooglePay) -> ASGIApp:
    issuer = create_issuer(tokens, "countersign-local", ("http://localhost:8000",))
    apps = saying("shop"), saying("stripe")
    return create_front_door(saying("api"), issuer, tokens, google, *apps)


def ask(app: ASGIApp, host: str, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    return ask_app(app, method, path, headers={"host": host}, **options)


@pytest.mark.parametrize(
    ("host", "path", "answer"),
    [
        ("localhost:8000", "/", "api GET /"),
        ("localhost", "/verification-sessions/vs_1", "api GET /verification-sessions/vs_1"),
        ("LOCALHOST:8000", "/health", "api GET /health"),
        ("127.0.0.1:8000", "/health", "api GET /health"),
        ("[::1]:8000", "/health", "api GET /health"),
        ("localhost:8000", "/_localized", "api GET /_localized"),
        ("merchant.localhost:8000", "/", "shop GET /"),
        ("merchant.localhost:8000", "/_local/token", "shop GET /_local/token"),
        ("stripe.localhost:8000", "/", "stripe GET /"),
        ("stripe.localhost:8000", "/v1/events", "stripe GET /v1/events"),
        ("stripe.localhost:8000", "/_local/token", "stripe GET /_local/token"),
        ("localhost:8000", "/_local/stripe/v1/events", "stripe GET /v1/events"),
        ("localhost:8000", "/_local/stripe/_requests", "stripe GET /_requests"),
    ],
)
def test_a_request_goes_to_who_serves_its_host_and_path(
    door: ASGIApp, host: str, path: str, answer: str
) -> None:
    assert ask(door, host, path).text == answer


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "localhost.evil.example", "", "notlocalhost", "[::1"],
)
def test_a_name_that_is_not_this_machines_is_refused(door: ASGIApp, host: str) -> None:
    answer = ask(door, host, "/")
    assert answer.status_code == 421
    assert "api" not in answer.text


def test_two_host_headers_are_refused(door: ASGIApp) -> None:
    headers = [("host", "localhost:8000"), ("host", "evil.example")]
    assert ask_app(door, "GET", "/", headers=headers).status_code == 421


def test_another_subdomain_gets_a_page_that_names_what_there_is(door: ASGIApp) -> None:
    answer = ask(door, "<b>.localhost:8000", "/")
    assert answer.status_code == 404
    assert "<li>stripe.localhost</li>" in answer.text
    assert "<b>" not in answer.text


def test_what_begins_with_local_and_is_unknown_never_reaches_the_api(door: ASGIApp) -> None:
    for path in ("/_local/nothing", "/_local/", "/_local/stripe"):
        answer = ask(door, "localhost:8000", path)
        assert answer.status_code in (307, 404)
        assert "api" not in answer.text


def test_without_a_stand_in_there_is_no_stripe_here(tokens: TokenMaker, google: GooglePay) -> None:
    issuer = create_issuer(tokens, "countersign-local", ("http://localhost:8000",))
    door = create_front_door(saying("api"), issuer, tokens, google, saying("shop"), None)
    assert ask(door, "localhost:8000", "/_local/stripe/v1/events").status_code == 404
    assert ask(door, "stripe.localhost:8000", "/").status_code == 404


def test_the_issuer_answers_at_its_address(door: ASGIApp) -> None:
    path = "/_local/issuer/.well-known/openid-configuration"
    assert ask(door, "localhost:8000", path).json()["issuer"] == ISSUER


def test_the_page_for_who_declines_biometrics_is_there(door: ASGIApp) -> None:
    answer = ask(door, "localhost:8000", "/_local/alternative")
    assert answer.status_code == 200
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("body", "scope"),
    [
        ({"sub": "user_1"}, None),
        ({"sub": "user_1", "scope": ""}, None),
        ({"sub": "user_1", "scope": "countersign/operator"}, "countersign/operator"),
        ({"sub": "user_1", "scope": "a  b"}, "a b"),
    ],
)
def test_a_program_gets_a_token_for_any_subject(
    door: ASGIApp, tokens: TokenMaker, body: dict[str, str], scope: str | None
) -> None:
    answer = ask(door, "localhost:8000", "/_local/token", "POST", json=body)
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token"}
    assert answer.headers["cache-control"] == "no-store"
    claims = jwt.decode(
        answer.json()["access_token"],
        jwt.PyJWK(tokens.public_jwk),
        ["RS256"],
        audience="countersign-local",
        issuer=ISSUER,
    )
    assert (claims["sub"], claims.get("scope")) == ("user_1", scope)


@pytest.mark.parametrize("kind", [None, "access", "id", "machine"])
def test_a_program_gets_a_token_of_each_kind(door: ASGIApp, kind: str | None) -> None:
    asked = {"sub": "till_1", "scope": "countersign/merchant"} | ({"kind": kind} if kind else {})
    answer = ask(door, "localhost:8000", "/_local/token", "POST", json=asked)
    found = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert is_access_token(found, None) == (kind != "id")
    assert is_machine(found) == (kind == "machine")
    assert scopes_of(found) == (set() if kind == "id" else {"countersign/merchant"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff",
        b"[]",
        b"{}",
        b'{"sub": 1}',
        b'{"sub": ""}',
        b'{"sub": "u", "scope": ["a"]}',
        b'{"sub": "u", "scope": null}',
        b'{"sub": "u", "admin": true}',
        b'{"sub": "u", "kind": "refresh"}',
        b'{"sub": "u", "kind": null}',
        b'{"sub": "u", "kind": ["id"]}',
    ],
)
def test_a_token_request_that_is_not_right_is_a_400_that_says_why(
    door: ASGIApp, content: bytes
) -> None:
    answer = ask(door, "localhost:8000", "/_local/token", "POST", content=content)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["detail"]


def test_a_google_pay_token_is_made_at_this_machines_own_name(door: ASGIApp) -> None:
    answer = ask(door, "localhost:8000", "/_local/google-pay/token", "POST", json={})
    assert set(answer.json()) == {"token", "payment_data"}
    assert ask(door, "localhost:8000", "/_local/google-pay/token").status_code == 405
