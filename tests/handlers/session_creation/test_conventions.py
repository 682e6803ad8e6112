"""What every call has in common: bodies, limits, problems, headers, CORS.

The calls of Identity stand for those of every function that `http.api` serves.
"""

from itertools import product
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import CREATE, SESSIONS, SITE, Bundle
from tests.support.gateway import Caller, http_event

LIMIT = 64 * 1024
BROKEN = [
    b"{", b"flow=modal", b"{'flow': 'modal'}", b"{\"flow\": \"modal\",}", b" ", b"\xff\xfe",
    b"{\"email\": \"\xff\"}", b"\xef\xbb\xbf{}", b"\x00", b"[1, 2", b"[" * 30_000, b"9" * 5_000,
]  # fmt: skip


def test_a_body_that_is_not_json_is_refused(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    for body in BROKEN:
        with subtests.test(body=body[:20]):
            answer = bundle.user(user).post(CREATE, body, encoded=True)
            assert_problem(answer, 400, "invalid_json")
    assert bundle.items() == {}


def test_a_body_of_any_depth_is_refused(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    """How deep JSON may be differs between versions of Python; either refusal will do."""
    for (opening, closing), depth in product((('{"flow":', "}"), ("[", "]")), (500, 1_000, 6_000)):
        with subtests.test(opening=opening, depth=depth):
            answer = bundle.user(user).post(CREATE, opening * depth + "1" + closing * depth)
            assert (answer.status, answer.code) in ((400, "invalid_json"), (422, "invalid_request"))
    assert bundle.items() == {}


def test_a_body_that_is_not_an_object_is_refused(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    for body in ("[]", "[{}]", "0", '"x"', "true", "null"):
        with subtests.test(body=body):
            answer = bundle.user(user).post(CREATE, body)
            assert_problem(answer, 422, "invalid_request")
            assert [error["pointer"] for error in answer.json["errors"]] == [""]
            assert "object" in answer.json["errors"][0]["message"]
    assert bundle.items() == {}


def test_half_a_character_is_refused_where_it_stands(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    codes = ("invalid_request", "return_url_not_allowed", "invalid_json")
    for escape in (r"\ud800", r"\udfff\ud800", r"\u0000"):
        bodies = [f'{{"{member}": "{escape}"}}' for member in ("flow", "return_url", "email", "phone", "other")]  # fmt: skip
        for body in (*bodies, f'{{"{escape}": 1}}'):
            with subtests.test(body=body):
                answer = bundle.user(user).post(CREATE, body)
                assert 400 <= answer.status < 500
                assert answer.code in codes
    assert bundle.items() == {}


def test_a_number_of_any_size_is_of_the_wrong_type(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    for number in ("1e400", "-1e400", "NaN", "Infinity", "1" * 4000):
        with subtests.test(number=number[:10]):
            answer = bundle.user(user).post(CREATE, f'{{"email": {number}}}')
            assert answer.status in (400, 422)


@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_may_have_64_kib_and_no_more(bundle: Bundle, user: str, encoded: bool) -> None:
    largest = "{}".ljust(LIMIT)
    assert bundle.user(user).post(CREATE, largest, encoded=encoded).status == 200
    in_bytes = '{"email": "' + "山" * (LIMIT // 3) + '"}'
    for larger in (largest + " ", in_bytes):
        answer = bundle.user(user).post(CREATE, larger, encoded=encoded)
        assert_problem(answer, 413, "payload_too_large")


def test_a_body_that_is_not_base64_is_refused(bundle: Bundle, user: str) -> None:
    event = http_event("POST", CREATE, user=user)
    event |= {"body": "a", "isBase64Encoded": True}
    assert_problem(bundle.user(user).send(event), 400, "invalid_body")


CALLS: list[tuple[str, str]] = [
    ("POST", CREATE),
    ("GET", SESSIONS),
    ("GET", f"{SESSIONS}/current"),
    ("GET", f"{SESSIONS}/vs_unknown"),
    ("POST", f"{SESSIONS}/vs_unknown/cancel"),
    ("POST", f"{SESSIONS}/vs_unknown/redact"),
    ("GET", f"{SESSIONS}/vs_unknown/outputs"),
]


def test_no_cache_keeps_an_answer_about_a_user(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    types = ("application/json", "application/problem+json")
    for caller, (method, path) in product((bundle.user(user), bundle.operator()), CALLS):
        with subtests.test(scope=caller.scope, method=method, path=path):
            answer = caller.send(http_event(method, path, user=caller.user, scope=caller.scope))
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-type"] in types


def test_a_request_without_a_subject_is_refused(bundle: Bundle, subtests: pytest.Subtests) -> None:
    anonymous = Caller(bundle.user("any").handler)
    for method, path in CALLS:
        with subtests.test(method=method, path=path):
            assert_problem(anonymous.send(http_event(method, path)), 401, "invalid_token")
    assert bundle.items() == {}


NO_CALLS = [
    ("GET", "/"), ("GET", CREATE), ("POST", SESSIONS), ("DELETE", f"{SESSIONS}/vs_1"),
    ("PUT", CREATE), ("GET", f"{SESSIONS}/"), ("GET", f"{SESSIONS}/vs_1/nothing"),
    ("GET", f"{SESSIONS}/vs_1/cancel"), ("POST", f"{SESSIONS}/vs_1/outputs"),
    ("GET", f"{SESSIONS}//"), ("GET", "/webhook"), ("GET", "/é"), ("GET", "/%ff"),
]  # fmt: skip


def test_another_route_is_not_found(bundle: Bundle, user: str, subtests: pytest.Subtests) -> None:
    for method, path in NO_CALLS:
        with subtests.test(method=method, path=path):
            answer = bundle.user(user).send(http_event(method, path, user=user))
            assert_problem(answer, 404, "not_found")


def test_the_sites_of_the_business_may_read_every_answer(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    for origin, (method, path) in product((SITE, "https://www.shop.example.com"), CALLS):
        with subtests.test(origin=origin, method=method, path=path):
            event = http_event(method, path, user=user, headers={"Origin": origin})
            answer = bundle.user(user).send(event)
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["vary"].lower() == "origin"
            assert "retry-after" in answer.headers["access-control-expose-headers"]
            assert "access-control-allow-credentials" not in answer.headers


FOREIGN = [
    "https://evil.example", "null", "", "http://shop.example.com", "https://shop.example.com:443",
    "https://shop.example.com/", "https://SHOP.example.com", "https://shop.example.com.evil.example",
    "https://sub.shop.example.com", "*", f"{SITE},{SITE}", f"{SITE} ",
]  # fmt: skip


def test_no_other_site_may_read_an_answer(
    bundle: Bundle, user: str, subtests: pytest.Subtests
) -> None:
    for origin, method in product((None, *FOREIGN), ("POST", "OPTIONS")):
        with subtests.test(origin=origin, method=method):
            headers = {} if origin is None else {"origin": origin}
            answer = bundle.user(user).send(http_event(method, CREATE, user=user, headers=headers))
            assert "access-control-allow-origin" not in answer.headers
            assert answer.headers["vary"].lower() == "origin"


def test_a_preflight_is_answered_without_a_token(bundle: Bundle, subtests: pytest.Subtests) -> None:
    anonymous = Caller(bundle.user("any").handler)
    headers = {
        "origin": SITE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,idempotency-key",
    }
    for _, path in CALLS:
        with subtests.test(path=path):
            answer = anonymous.send(http_event("OPTIONS", path, headers=headers))
            assert (answer.status, answer.text) == (204, "")
            told = answer.headers
            assert told["access-control-allow-origin"] == SITE
            assert {"GET", "POST"} <= set(told["access-control-allow-methods"].split(", "))
            allowed = set(told["access-control-allow-headers"].split(", "))
            assert {"authorization", "content-type", "idempotency-key"} <= allowed
            assert int(told["access-control-max-age"]) > 0


def test_a_failure_of_ours_can_be_read_by_the_site_too(
    bundle: Bundle, deployed_with: Any, user: str
) -> None:
    deployed_with(IDENTITY_TABLE="no-such-table")
    answer = bundle.user(user).post(CREATE, headers={"origin": SITE})
    assert_problem(answer, 503, "storage_unavailable")
    assert answer.headers["access-control-allow-origin"] == SITE
    assert int(answer.headers["retry-after"]) > 0


def header_names(headers: dict[str, str], change: Any) -> dict[str, str]:
    return {change(name): value for name, value in headers.items()}


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_header_names_may_be_of_any_case(bundle: Bundle, user: str, change: Any) -> None:
    headers = header_names({"origin": SITE, "idempotency-key": "k", "content-type": "x"}, change)
    first = bundle.user(user).post(CREATE, "{}", headers=headers)
    again = bundle.user(user).post(CREATE, '{"flow": "redirect"}', headers=headers)
    assert first.status == 200
    assert first.headers["access-control-allow-origin"] == SITE
    assert again.code == "idempotency_key_reused"
