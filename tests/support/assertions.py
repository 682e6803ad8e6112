"""What every refusal has, whatever function makes it."""

from http import HTTPStatus

from tests.support.gateway import HttpAnswer
from tools.problem_codes import problem_codes

CODES = problem_codes()


def assert_problem(answer: HttpAnswer, status: int, code: str) -> None:
    """A problem with all its members and headers, and none that could be about somebody."""
    assert (answer.status, answer.code) == (status, code)
    assert CODES[code] == status, "the OpenAPI document does not tell this code"
    shown = answer.json
    assert {"type", "title", "status", "detail", "code"} <= set(shown) <= {
        "type", "title", "status", "detail", "code", "errors",
        "payment_id", "payment_ids",
    }  # fmt: skip
    assert shown["status"] == status
    assert (shown["type"], shown["title"]) == ("about:blank", HTTPStatus(status).phrase)
    assert shown["detail"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def assert_unavailable(answer: HttpAnswer, dependency: str) -> None:
    assert_problem(answer, 503, f"{dependency}_unavailable")
    assert int(answer.headers["retry-after"]) > 0


def assert_refused(answer: HttpAnswer, status: int, code: str) -> None:
    """A refusal of `/spc-auth-response`, which says in its own words, too, that it is none."""
    assert (answer.status, answer.code) == (status, code), answer
    members = {"type", "title", "status", "detail", "code", "success"}
    assert members <= set(answer.json) <= members | {"errors"}
    assert answer.json["success"] is False


def assert_page(answer: HttpAnswer, status: int) -> None:
    assert answer.status == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "<h1" in answer.text
    assert "href=" in answer.text
    assert "Traceback" not in answer.text
