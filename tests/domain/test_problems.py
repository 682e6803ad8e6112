"""Refusals as problem details (RFC 9457)."""

from countersign.problems import Invalid, Problem, Unavailable


def test_a_problem_has_the_standards_members_and_a_code() -> None:
    assert Problem(409, "already_verified", "Do this.").as_dict() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Do this.",
        "code": "already_verified",
    }


def test_a_validation_error_names_the_members_at_fault() -> None:
    problem = Invalid([{"pointer": "/email", "message": "m"}, {"pointer": "", "message": "n"}])
    shown = problem.as_dict()
    assert (shown["status"], shown["code"]) == (422, "invalid_request")
    assert shown["errors"] == [
        {"pointer": "/email", "message": "m"},
        {"pointer": "", "message": "n"},
    ]
    assert shown["detail"] == "/email: m; /: n"


def test_a_dependency_that_is_down_is_named_with_a_time_to_come_again() -> None:
    problem = Unavailable("stripe", retry_after=7)
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert problem.headers == {"Retry-After": "7"}
    assert "stripe" in problem.detail


def test_a_problem_of_one_request_is_not_anothers() -> None:
    first, second = Problem(400, "a", "b"), Problem(400, "a", "b")
    first.headers["x"] = "y"
    assert second.headers == {}
