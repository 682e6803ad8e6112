"""What one person can ask of Stripe, and what is left of it in the table."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import SESSIONS, Bundle

EMAIL = {"email": "a@example.com"}
CURRENT = f"{SESSIONS}/current"


def asked(bundle: Bundle) -> int:
    return len(bundle.stripe.requests())


def test_one_person_cannot_spend_the_quota_of_everybody(bundle: Bundle, user: str) -> None:
    answers = [bundle.ask(user, EMAIL) for _ in range(20)]
    assert answers[0].status == 200
    assert asked(bundle) <= 31
    refusal = answers[-1]
    assert_problem(refusal, 429, "too_many_requests")
    assert 1 <= int(refusal.headers["retry-after"]) <= 20
    assert bundle.ask(f"another {user}").status == 200


def test_a_read_is_answered_from_what_is_stored_when_the_bucket_is_empty(
    bundle: Bundle, user: str
) -> None:
    session_id = bundle.open(user)
    while bundle.ask(user, EMAIL).status == 200:
        pass
    before = asked(bundle)
    assert bundle.view(user, session_id)["status"] == "requires_input"
    assert bundle.user(user).get(CURRENT).json["id"] == session_id
    assert_problem(
        bundle.user(user).post(f"{SESSIONS}/{session_id}/cancel"), 429, "too_many_requests"
    )
    assert asked(bundle) == before


@pytest.mark.exhaustive  # more requests than a bucket has
def test_the_business_itself_has_no_bucket(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    for _ in range(35):
        assert bundle.operator().get(SESSIONS).status == 200
    assert bundle.operator().post(f"{SESSIONS}/{session_id}/redact").status == 202


def test_a_redaction_that_is_under_way_is_not_asked_for_again(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    redact = f"{SESSIONS}/{session_id}/redact"
    first = bundle.user(user).post(redact)
    before = asked(bundle)
    for _ in range(9):
        again = bundle.user(user).post(redact)
        assert (again.status, again.json["id"]) == (202, first.json["id"])
    assert asked(bundle) == before


@pytest.mark.parametrize("end", ["cancel", "redact"])
def test_an_ended_session_expires_and_any_other_stays(bundle: Bundle, user: str, end: str) -> None:
    session_id = bundle.open(user)
    stored: Any = lambda: bundle.items()[f"session#{session_id}"]  # noqa: E731
    assert "expires_at" not in stored()
    assert bundle.user(user).post(f"{SESSIONS}/{session_id}/{end}").status in (200, 202)
    if end == "redact":
        bundle.redacted(session_id)
    bundle.hear(session_id)
    kept = stored()["expires_at"] - int(stored()["ord"][1:11])
    assert kept == 35 * 24 * 3600


def test_what_was_stored_in_test_mode_is_not_there_in_live_mode(
    bundle: Bundle, deployed_with: Callable[..., Bundle], user: str
) -> None:
    session_id = bundle.open(user)
    deployed_with(STRIPE_MODE="live")
    for path in (CURRENT, f"{SESSIONS}/{session_id}"):
        answer = bundle.user(user).get(path)
        assert_problem(answer, 404, "verification_session_not_found")
    deployed_with(STRIPE_MODE="test")
    assert bundle.user(user).get(CURRENT).json["id"] == session_id
