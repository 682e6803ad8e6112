"""The HTTP edge: callers, headers, bodies, and the one place where errors become answers."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.aws.telemetry import count
from countersign.crypto.users import subject_of
from countersign.http import deadline
from countersign.http.edge import (
    OPERATOR,
    HttpEvent,
    boundary,
    caller,
    cookies,
    header,
    json_response,
    problem_response,
    raw_body,
)
from countersign.problems import Problem
from countersign.settings import MERCHANT_SCOPE, OPERATOR_SCOPE
from tests.support.gateway import LambdaContext, http_event
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.users import ISSUER, qualified
from tests.support.visits import refusal

LIMIT = 100


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings say what the two scopes are called."""
    monkeypatch.setenv("DEPLOYMENT", "d")
    forget_settings()
    yield
    forget_settings()


def claims(event: HttpEvent, **found: Any) -> HttpEvent:
    found = {"iss": ISSUER} | found
    event["requestContext"]["authorizer"] = {"jwt": {"claims": found, "scopes": None}}
    return event


def test_the_caller_is_who_the_token_says() -> None:
    found = caller(http_event("GET", "/", user="user_1"))
    assert (found.subject, found.user) == ("user_1", qualified("user_1"))
    assert (found.scopes, found.is_operator, found.is_machine) == (frozenset(), False, False)


def test_the_same_subject_of_another_issuer_is_another_user() -> None:
    other = caller(claims(http_event("GET", "/"), sub="user_1", iss=f"{ISSUER}/"))
    assert (other.subject, subject_of(other.user)) == ("user_1", "user_1")
    assert other.user != qualified("user_1")


def test_scopes_are_separated_by_spaces() -> None:
    found = caller(http_event("GET", "/", user="u", scope=f"openid {OPERATOR_SCOPE} email"))
    assert found.scopes == {"openid", OPERATOR_SCOPE, "email"}
    assert found.is_operator
    found.require(OPERATOR)


@pytest.mark.parametrize(
    "found",
    [
        {"scope": f"a {OPERATOR_SCOPE}"},
        {"scp": OPERATOR_SCOPE},
        {"scope": f"[a {OPERATOR_SCOPE}]"},
        {"scp": f"[{OPERATOR_SCOPE} a]"},
        {"scp": [OPERATOR_SCOPE]},
        {"scope": "openid", "scp": [OPERATOR_SCOPE]},
        {"scope": "openid", "scp": f"[{OPERATOR_SCOPE}]"},
        {"scope": OPERATOR_SCOPE, "scp": "openid"},
    ],
)
def test_scopes_are_read_from_scope_and_scp_as_text_or_as_a_list(found: dict[str, Any]) -> None:
    """API Gateway writes a claim that is a list in brackets."""
    assert caller(claims(http_event("GET", "/"), sub="u", **found)).is_operator


@pytest.mark.parametrize(
    "scope", [None, "", MERCHANT_SCOPE, "countersign/operators", "operator", "COUNTERSIGN/OPERATOR",
              f"a\u2003{OPERATOR_SCOPE}", f"a\x1f{OPERATOR_SCOPE}", f"[{OPERATOR_SCOPE}"]
)  # fmt: skip
def test_no_other_scope_makes_an_operator(scope: str | None) -> None:
    found = caller(http_event("GET", "/", user="u", scope=scope))
    problem = refusal(lambda: found.require(OPERATOR))
    assert (problem.status, problem.code) == (403, "missing_scope")


def test_the_deployment_says_what_the_scopes_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_SCOPE", "till.admin")
    forget_settings()
    assert caller(http_event("GET", "/", user="u", scope="till.admin")).is_operator
    shipped = caller(http_event("GET", "/", user="u", scope=OPERATOR_SCOPE))
    assert "till.admin" in refusal(lambda: shipped.require(OPERATOR)).detail


def test_a_subject_of_255_characters_is_the_longest() -> None:
    assert caller(http_event("GET", "/", user="u" * 255)).subject == "u" * 255


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": {}},
        {"requestContext": {"authorizer": None}},
        {"requestContext": {"authorizer": {}}},
        {"requestContext": {"authorizer": {"jwt": None}}},
        {"requestContext": {"authorizer": {"jwt": {"claims": None}}}},
        {"requestContext": {"authorizer": {"lambda": {"sub": "user_1"}}}},
        http_event("GET", "/"),
        claims(http_event("GET", "/")),
        claims(http_event("GET", "/"), sub=""),
        claims(http_event("GET", "/"), sub="u" * 256),
        claims(http_event("GET", "/"), sub="Zoë"),
        claims(http_event("GET", "/"), client_id="user_1"),
        claims(http_event("GET", "/"), sub=5),
        claims(http_event("GET", "/"), sub=["user_1"]),
        claims(http_event("GET", "/"), sub={"a": "user_1"}),
        claims(http_event("GET", "/"), sub=None),
        claims(http_event("GET", "/"), sub="user_1", iss=None),
        claims(http_event("GET", "/"), sub="user_1", iss=""),
    ],
    ids=range(19),
)
def test_without_a_usable_subject_nobody_is_calling(event: HttpEvent) -> None:
    problem = refusal(caller, event)
    assert (problem.status, problem.code) == (401, "invalid_token")


@pytest.mark.parametrize("name", ["stripe-signature", "Stripe-Signature", "STRIPE-SIGNATURE"])
@pytest.mark.parametrize("asked", ["stripe-signature", "Stripe-Signature"])
def test_a_header_is_found_whatever_its_case(name: str, asked: str) -> None:
    assert header({"headers": {"other": "x", name: "v"}}, asked) == "v"


@pytest.mark.parametrize("event", [{}, {"headers": None}, {"headers": {}}])
def test_a_header_may_be_absent(event: HttpEvent) -> None:
    assert header(event, "origin") is None


OURS = "__Host-ours"
DISGUISED = [
    f"{space}{OURS}" for space in ("\u2000", "\u00a0", "\u0085", "\u3000", "\x1f", "\u200b")
]


@pytest.mark.parametrize("sent", [f"{OURS}=v", f" {OURS}=v\t", f"a=b; {OURS}=v", f"{OURS} =v"])
def test_a_cookie_is_found_beside_the_headers_and_in_one(sent: str) -> None:
    for event in ({"cookies": sent.split(";")}, {"cookies": [sent]}, {"headers": {"Cookie": sent}}):
        assert cookies(event, OURS) == ["v"]


@pytest.mark.parametrize("disguised", DISGUISED, ids=ascii)
def test_a_cookie_that_only_looks_like_ours_is_not_ours_and_makes_ours_doubtful(
    disguised: str,
) -> None:
    assert cookies({"cookies": [f"{disguised}=evil"]}, OURS) == []
    for pairs in ([f"{disguised}=evil", f"{OURS}=v"], [f"{OURS}=v", f"{disguised}=evil"]):
        assert cookies({"cookies": pairs}, OURS) == []
        assert cookies({"headers": {"cookie": "; ".join(pairs)}}, OURS) == []
        assert cookies({"cookies": pairs[:1], "headers": {"cookie": pairs[1]}}, OURS) == []


def test_a_cookie_that_comes_twice_is_none() -> None:
    assert cookies({"cookies": [f"{OURS}=v", f"{OURS}=v"]}, OURS) == []
    assert cookies({"cookies": [f"a=b;{OURS}=v", f"{OURS}=evil"]}, OURS) == []
    assert cookies(
        {"cookies": [f"x{OURS}=a", f"{OURS}x=b", OURS.lower(), f"{OURS}=v=w"]}, OURS
    ) == ["v=w"]


@pytest.mark.parametrize("event", [{}, {"cookies": None, "headers": None}, {"cookies": []}])
def test_there_may_be_no_cookies(event: HttpEvent) -> None:
    assert cookies(event, OURS) == []


@pytest.mark.parametrize(
    ("event", "raw"),
    [
        ({}, b""),
        ({"body": None}, b""),
        ({"body": ""}, b""),
        ({"body": "é", "isBase64Encoded": False}, "é".encode()),
        ({"body": base64.b64encode(b"\xff\x00").decode(), "isBase64Encoded": True}, b"\xff\x00"),
        ({"body": "", "isBase64Encoded": True}, b""),
    ],
)
def test_the_body_is_the_bytes_that_were_sent(event: HttpEvent, raw: bytes) -> None:
    assert raw_body(event, LIMIT) == raw


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize("excess", [0, 1, 5000])
def test_the_limit_is_of_bytes(encoded: bool, excess: int) -> None:
    raw = "é".encode() * (LIMIT // 2) + b"x" * excess
    event = http_event("POST", "/", body=raw, encoded=encoded)
    if excess:
        problem = refusal(raw_body, event, LIMIT)
        assert (problem.status, problem.code) == (413, "payload_too_large")
    else:
        assert raw_body(event, LIMIT) == raw


@pytest.mark.parametrize(
    "event",
    [
        {"body": "a", "isBase64Encoded": True},
        {"body": "YQ=", "isBase64Encoded": True},
        {"body": "é", "isBase64Encoded": True},
        {"body": "\ud800", "isBase64Encoded": False},
        {"body": "\ud800", "isBase64Encoded": True},
    ],
)
def test_a_body_that_is_not_base64_is_refused(event: HttpEvent) -> None:
    problem = refusal(raw_body, event, LIMIT)
    assert (problem.status, problem.code) == (400, "invalid_body")


def test_an_answer_is_json_that_nobody_keeps() -> None:
    answer = json_response(200, {"a": "é"}, {"x-more": "1"})
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"a": "é"}
    assert answer["headers"] == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-more": "1",
    }


def test_a_refusal_is_problem_json() -> None:
    answer = problem_response(Problem(409, "code", "detail", headers={"Retry-After": "2"}))
    assert answer["statusCode"] == 409
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["headers"]["Retry-After"] == "2"
    assert json.loads(answer["body"])["code"] == "code"


def test_the_boundary_lets_an_answer_through() -> None:
    handler = boundary(lambda event, _: json_response(200, event))
    assert handler({"a": 1}, LambdaContext())["body"] == '{"a":1}'


def test_the_boundary_answers_a_refusal_and_logs_its_code(log: Log) -> None:
    def refuse(_: HttpEvent, __: Any) -> Any:
        raise Problem(422, "some_code", "detail canary")

    answer = boundary(refuse)({}, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "some_code")
    (entry,) = log.entries()
    assert (entry["level"], entry["code"], entry["status"]) == ("INFO", "some_code", 422)
    assert "canary" not in log.text()


@pytest.mark.parametrize(
    "error", [ValueError("canary"), KeyError("canary"), RecursionError(), AssertionError("canary")]
)
def test_whatever_else_goes_wrong_is_a_500_that_tells_nothing(log: Log, error: Exception) -> None:
    def fail(_: HttpEvent, __: Any) -> Any:
        raise error

    answer = boundary(fail)({}, LambdaContext())
    assert answer["statusCode"] == 500
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert json.loads(answer["body"])["code"] == "internal_error"
    assert "canary" not in answer["body"]
    assert type(error).__name__ in log.text()
    assert log.entries()[0]["level"] == "ERROR"
    assert log.metrics() == {"InternalError": 1}


@pytest.mark.parametrize(("status", "counted"), [(500, {"InternalError": 1}), (503, {}), (409, {})])
def test_a_single_500_is_counted_whoever_answers_it(
    log: Log, status: int, counted: dict[str, float]
) -> None:
    def refuse(_: HttpEvent, __: Any) -> Any:
        raise Problem(status, "some_code", "detail")

    boundary(refuse)({}, LambdaContext())
    assert log.metrics() == counted


def test_a_killed_process_is_not_answered() -> None:
    def fail(_: HttpEvent, __: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        boundary(fail)({}, LambdaContext())


@pytest.mark.parametrize("error", [None, Problem(400, "a", "b"), ValueError()])
def test_what_was_counted_is_written_with_every_answer(log: Log, error: Exception | None) -> None:
    def handle(_: HttpEvent, __: Any) -> Any:
        count("Something")
        if error:
            raise error
        return json_response(200, {})

    for _ in range(2):
        boundary(handle)({}, LambdaContext())
    assert log.metrics()["Something"] == 2


def test_nothing_counted_writes_nothing(log: Log) -> None:
    boundary(lambda _, __: json_response(200, {}))({}, LambdaContext())
    assert log.text() == ""


def test_a_log_line_bears_the_invocations_id_alone(log: Log) -> None:
    def refuse(_: HttpEvent, __: Any) -> Any:
        raise Problem(400, "a", "b")

    for number in (1, 2):
        boundary(refuse)({}, LambdaContext(aws_request_id=f"request-{number}"))
    assert [entry["aws_request_id"] for entry in log.entries()] == ["request-1", "request-2"]


def test_the_answer_is_due_a_moment_before_the_function_is_killed() -> None:
    left: list[float] = []

    def handle(_: HttpEvent, __: Any) -> Any:
        left.append(deadline.remaining())
        return json_response(200, {})

    boundary(handle)({}, LambdaContext(milliseconds=10_000))
    deadline.start(float("inf"))
    assert 9 < left[0] <= 9.5


def test_outside_a_request_there_is_all_the_time() -> None:
    deadline.start(float("inf"))
    assert deadline.remaining() == float("inf")
    deadline.start(3)
    began = time.monotonic()
    assert 3 - deadline.remaining() <= time.monotonic() - began + 0.5
    deadline.start(float("inf"))
