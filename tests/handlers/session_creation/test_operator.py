"""The calls that need `countersign/operator`: the list, and verified outputs."""

import pytest

from tests.handlers.session_creation.test_sessions import MEMBERS
from tests.support.assertions import assert_problem
from tests.support.bundle import SESSIONS, Bundle
from tests.support.gateway import HttpAnswer
from tests.support.stripe_objects import DEPLOYMENT


def listed(bundle: Bundle, **query: str) -> HttpAnswer:
    return bundle.operator().get(SESSIONS, query=query)


def ids(answer: HttpAnswer) -> list[str]:
    assert answer.status == 200, answer
    return [session["id"] for session in answer.json["data"]]


@pytest.mark.parametrize("path", [SESSIONS, f"{SESSIONS}/vs_1/outputs"])
@pytest.mark.parametrize("scope", [None, "countersign/merchant", "openid operator"])
def test_only_an_operator_may_list_sessions_and_read_outputs(
    bundle: Bundle, user: str, path: str, scope: str | None
) -> None:
    assert_problem(bundle.user(user, scope).get(path), 403, "missing_scope")


def test_a_session_is_listed_as_its_owner_sees_it(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    answer = listed(bundle, user_id=user)
    assert set(answer.json) == {"data", "next_cursor"}
    (session,) = answer.json["data"]
    assert (set(session), session["id"]) == (MEMBERS, session_id)
    assert answer.json["next_cursor"] is None
    assert answer.headers["cache-control"] == "no-store"


def test_the_list_is_read_page_by_page_newest_first(bundle: Bundle, user: str) -> None:
    made = []
    for _ in range(3):
        made.append(bundle.open(user))
        bundle.user(user).post(f"{SESSIONS}/{made[-1]}/cancel")
    assert ids(listed(bundle, user_id=user)) == made[::-1]
    first = listed(bundle, user_id=user, limit="2")
    second = listed(bundle, user_id=user, limit="2", cursor=first.json["next_cursor"])
    assert ids(first) + ids(second) == made[::-1]
    assert second.json["next_cursor"] is None


def test_the_list_can_be_of_one_status(bundle: Bundle, user: str) -> None:
    first = bundle.open(user)
    bundle.user(user).post(f"{SESSIONS}/{first}/cancel")
    second = bundle.open(user)
    for status, found in (("canceled", [first]), ("requires_input", [second]), ("verified", [])):
        assert ids(listed(bundle, user_id=user, status=status)) == found


def test_a_redacted_session_is_in_the_whole_list_and_in_that_of_its_status(
    bundle: Bundle, user: str
) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "verified")
    bundle.user(user).post(f"{SESSIONS}/{session_id}/redact")
    bundle.redacted(session_id)
    assert session_id in ids(listed(bundle, limit="100"))
    assert session_id in ids(listed(bundle, limit="100", status="redacted"))
    assert session_id not in ids(listed(bundle, limit="100", status="verified"))


def test_sessions_that_are_not_ours_are_left_out(bundle: Bundle, user: str) -> None:
    foreign = bundle.stripe.create(client_reference_id=user, metadata={"countersign": "other"})
    unmarked = bundle.stripe.create(client_reference_id=user)
    own = bundle.stripe.create(client_reference_id=user, metadata={"countersign": DEPLOYMENT})
    assert ids(listed(bundle, user_id=user)) == [own.id]
    assert {foreign.id, unmarked.id}.isdisjoint(ids(listed(bundle, limit="100")))


@pytest.mark.parametrize("user_id", ["auth0|5", "a b", "a&b=c", "a+b", "%41", "a,b", "x" * 255])
def test_the_list_can_be_of_any_user(bundle: Bundle, user: str, user_id: str) -> None:
    subject = f"{user_id[:240]}{user}"
    session_id = bundle.open(subject)
    bundle.open(f"{user}-other")
    assert ids(listed(bundle, user_id=subject)) == [session_id]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "open"), ("status", ""), ("status", "VERIFIED"), ("status", "verified,canceled"),
        ("limit", "0"), ("limit", "101"), ("limit", "1.5"), ("limit", ""), ("limit", "9" * 5000),
        ("cursor", ""), ("cursor", "evt_1"), ("cursor", "vs_"), ("cursor", "vs_é"),
        ("cursor", "vs_" + "a" * 251), ("cursor", "vs_1\n"), ("cursor", "vs_unknown"),
        ("user_id", ""), ("user_id", "u" * 256),
    ],
)  # fmt: skip
def test_a_query_of_another_value_is_refused_and_named(
    bundle: Bundle, name: str, value: str
) -> None:
    answer = listed(bundle, **{name: value})
    assert_problem(answer, 422, "invalid_request")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{name}"]


def test_verified_outputs_are_read_from_stripe_and_not_stored(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "verified")
    answer = bundle.operator().get(f"{SESSIONS}/{session_id}/outputs")
    assert answer.status == 200
    assert answer.json["first_name"] == "Jenny"
    assert answer.json["last_name"] == "Rosen"
    assert answer.headers["cache-control"] == "no-store"
    assert "Jenny" not in bundle.everything_stored()


def test_only_a_verified_session_has_outputs(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    answer = bundle.operator().get(f"{SESSIONS}/{session_id}/outputs")
    assert_problem(answer, 409, "not_verified")
    answer = bundle.operator().get(f"{SESSIONS}/vs_unknown/outputs")
    assert_problem(answer, 404, "verification_session_not_found")
