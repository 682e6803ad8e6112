"""Whose token a call takes: a person's, or the operator's who may be a machine."""

from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import CREATE, OPERATOR, SESSIONS, Bundle
from tests.support.gateway import Caller

MACHINE = {"client_id": "till_1"}


def machine(bundle: Bundle, method: str, path: str, scope: str | None) -> Any:
    caller = bundle.user("till_1", scope)
    body = ("{}",) if method == "post" else ()
    return getattr(caller, method)(path, *body, claims=MACHINE)


@pytest.mark.parametrize("scope", [None, "countersign/merchant", OPERATOR])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", CREATE),
        ("get", f"{SESSIONS}/current"),
        ("get", f"{SESSIONS}/{{}}"),
        ("post", f"{SESSIONS}/{{}}/cancel"),
    ],
)
def test_a_call_for_a_person_is_403_for_a_machine(
    bundle: Bundle, session_id: str, scope: str | None, method: str, path: str
) -> None:
    before = bundle.items()
    answer = machine(bundle, method, path.format(session_id), scope)
    assert_problem(answer, 403, "person_required")
    assert bundle.items() == before


def test_what_the_operators_scope_opens_takes_a_machines_token(
    bundle: Bundle, session_id: str
) -> None:
    for path in (SESSIONS, f"{SESSIONS}/{session_id}/outputs"):
        answer = machine(bundle, "get", path, OPERATOR)
        assert answer.status in (200, 409), answer
    redaction = f"{SESSIONS}/{session_id}/redact"
    assert_problem(machine(bundle, "post", redaction, None), 403, "person_required")
    assert machine(bundle, "post", redaction, OPERATOR).status == 202


def test_an_id_token_is_401_whatever_its_scopes(bundle: Bundle, user: str) -> None:
    for scope in (None, OPERATOR):
        caller: Caller = bundle.user(user, scope)
        for path in (f"{SESSIONS}/current", SESSIONS):
            answer = caller.get(path, claims={"token_use": "id"})
            assert_problem(answer, 401, "invalid_token")


def test_a_changed_issuer_gives_nobody_somebody_elses_session(
    bundle: Bundle, user: str, session_id: str
) -> None:
    other = {"iss": "https://other.example"}
    answer = bundle.user(user).get(f"{SESSIONS}/{session_id}", claims=other)
    assert_problem(answer, 404, "verification_session_not_found")
    theirs = bundle.user(user).post(CREATE, claims=other).json["id"]
    assert theirs != session_id
    bundle.stripe.outcome(theirs, "verified")
    bundle.hear(theirs)
    assert bundle.view(user, session_id)["status"] == "requires_input"
    told = bundle.user(user).get(f"{SESSIONS}/{theirs}", claims=other)
    assert told.json["status"] == "verified"
    listed = bundle.operator().get(SESSIONS, query={"user_id": user}).json["data"]
    assert {session["id"] for session in listed} == {session_id, theirs}
