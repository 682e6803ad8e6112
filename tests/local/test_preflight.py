"""OPTIONS requests: routed and answered as a deployed HTTP API without its own CORS would."""

import base64
import json
from typing import Any

import pytest

from local.preflight import find_route
from local.routes import Route
from tests.local.raw import Exchange, through_proxy

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:cors:live"
ROUTES = (
    Route("POST /sessions", FUNCTION, "Jwt"),
    Route("OPTIONS /sessions", FUNCTION),
    Route("OPTIONS /sessions/{proxy+}", FUNCTION),
    Route("OPTIONS /closed", FUNCTION, "Jwt"),
)
ORIGIN = "https://shop.example"


def options(target: str, answer: Any = None, *, failed: bool = False) -> tuple[Exchange, list[Any]]:
    """The exchange for an OPTIONS request, and the events that the function was invoked with."""
    events: list[Any] = []

    def invoke(function: str, payload: bytes) -> tuple[bytes, bool]:
        events.append((function, json.loads(payload)))
        return json.dumps(answer).encode(), failed

    head = f"OPTIONS {target} HTTP/1.1\r\nHost: localhost:8000\r\nOrigin: {ORIGIN}\r\n"
    request = f"{head}Connection: close\r\n\r\n".encode()
    return through_proxy(request, b"", ROUTES, invoke), events


def test_the_function_of_the_route_answers_a_preflight() -> None:
    headers = {"access-control-allow-origin": ORIGIN, "vary": "origin"}
    answer = {"statusCode": 204, "headers": headers, "cookies": ["a=1", "b=2"]}
    exchange, events = options("/sessions?a=1&a=2&b=", answer)
    ((function, event),) = events
    assert function == FUNCTION
    assert event["version"] == "2.0"
    assert event["routeKey"] == "OPTIONS /sessions"
    assert event["rawPath"] == "/sessions"
    assert event["rawQueryString"] == "a=1&a=2&b="
    assert event["queryStringParameters"] == {"a": "1,2", "b": ""}
    assert event["headers"]["origin"] == ORIGIN
    assert event["requestContext"]["http"]["method"] == "OPTIONS"
    assert "pathParameters" not in event
    assert exchange.status == 204
    assert b"access-control-allow-origin: https://shop.example\r\n" in exchange.answer
    assert exchange.answer.count(b"set-cookie:") == 2
    assert exchange.upstream == b""


def test_a_greedy_route_has_its_path_parameter_decoded() -> None:
    _, ((_, event),) = options("/sessions/vs_1/a%20b", {"statusCode": 204})
    assert event["pathParameters"] == {"proxy": "vs_1/a b"}
    assert event["rawPath"] == "/sessions/vs_1/a b"


@pytest.mark.parametrize(
    ("target", "status"), [("/nowhere", 404), ("/sessionsx", 404), ("/closed", 401)]
)
def test_a_preflight_that_reaches_no_open_route_invokes_nothing(target: str, status: int) -> None:
    exchange, events = options(target)
    assert (exchange.status, events) == (status, [])
    assert b"access-control-allow-origin" not in exchange.answer


def test_a_function_that_fails_is_a_500_without_its_message() -> None:
    exchange, _ = options("/sessions", {"errorMessage": "secret"}, failed=True)
    assert exchange.status == 500
    assert json.loads(exchange.body) == {"message": "Internal Server Error"}


def test_a_base64_body_is_decoded_and_an_answer_without_status_is_json() -> None:
    body = base64.b64encode(b"\xff\x00").decode()
    answer = {"statusCode": 200, "body": body, "isBase64Encoded": True}
    assert options("/sessions", answer)[0].body == b"\xff\x00"
    assert json.loads(options("/sessions", {"plain": True})[0].body) == {"plain": True}


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/a/b", "GET /a/b"),
        ("GET", "/a/c", "GET /a/{id}"),
        ("POST", "/a/c", "ANY /a/{id}"),
        ("GET", "/a/b/c", "GET /a/{proxy+}"),
        ("GET", "/a.b", "$default"),
        ("PUT", "/a/b/c", "$default"),
        ("GET", "/a/", "$default"),
    ],
)
def test_the_most_specific_route_is_chosen(method: str, path: str, key: str) -> None:
    keys = ("$default", "GET /a/{proxy+}", "ANY /a/{id}", "GET /a/{id}", "GET /a/b", "GET /axb")
    found = find_route([Route(each, FUNCTION) for each in keys], method, path)
    assert found is not None
    assert found.key == key
