"""Reading, canceling and redacting one's own session."""

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import SESSIONS, Bundle
from tests.support.gateway import HttpAnswer

MEMBERS = {
    "id", "status", "last_error", "retryable", "attempt", "livemode", "created", "updated",
}  # fmt: skip


def call(bundle: Bundle, user: str, name: str, session_id: str) -> HttpAnswer:
    """One of the calls on a session."""
    caller = bundle.user(user)
    if name == "read":
        return caller.get(f"{SESSIONS}/{session_id}")
    return caller.post(f"{SESSIONS}/{session_id}/{name}")


def test_a_session_is_shown_to_its_owner(bundle: Bundle, user: str) -> None:
    assert bundle.user(user).get(f"{SESSIONS}/current").status == 404
    session_id = bundle.open(user)
    shown = bundle.view(user, session_id)
    assert set(shown) == MEMBERS
    assert shown["id"] == session_id
    assert (shown["status"], shown["last_error"]) == ("requires_input", None)
    assert (shown["retryable"], shown["attempt"], shown["livemode"]) == (True, 1, False)
    assert shown["updated"] >= shown["created"] > 1_700_000_000
    assert bundle.user(user).get(f"{SESSIONS}/current").json == shown


def test_a_session_is_shown_in_its_latest_state_at_stripe(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "document_expired")
    bundle.hear(session_id)
    shown = bundle.view(user, session_id)
    assert shown["status"] == "requires_input"
    assert shown["last_error"]["code"] == "document_expired"
    assert shown["last_error"]["message"]
    bundle.stripe.clock.offset += 2
    bundle.stripe.outcome(session_id, "verified")
    bundle.hear(session_id)
    shown = bundle.view(user, session_id)
    assert (shown["status"], shown["last_error"], shown["retryable"]) == ("verified", None, False)


@pytest.mark.parametrize("code", ["abandoned", "consent_declined", "selfie_manipulated", "new"])
def test_every_error_from_stripe_is_shown(bundle: Bundle, user: str, code: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, code, force=True)
    bundle.hear(session_id)
    shown = bundle.view(user, session_id)
    assert (shown["status"], shown["last_error"]["code"]) == ("requires_input", code)
    assert shown["retryable"] == (code != "consent_declined")


def test_a_status_that_is_new_at_stripe_is_shown(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    (event,) = bundle.events_of(session_id)
    event["data"]["object"]["status"] = "something_new"
    event |= {"type": "identity.verification_session.processing", "id": "evt_new"}
    event["created"] += 1
    assert bundle.tell(event) == "applied"
    assert bundle.view(user, session_id)["status"] == "something_new"


@pytest.mark.parametrize("name", ["read", "cancel", "redact"])
def test_a_session_of_another_user_is_not_found(bundle: Bundle, user: str, name: str) -> None:
    session_id = bundle.open(user)
    for other in ("somebody-else", user.upper(), f"{user} "):
        assert_problem(call(bundle, other, name, session_id), 404, "verification_session_not_found")
    assert bundle.view(user, session_id)["status"] == "requires_input"


@pytest.mark.parametrize("name", ["read", "cancel", "redact"])
@pytest.mark.parametrize(
    "session_id",
    ["vs_unknown", "x", "%20", "vs_%00", "é", "current%2F", "v" * 3000, "..", "vs_1:a"],
)
def test_an_unknown_session_is_not_found(
    bundle: Bundle, user: str, name: str, session_id: str
) -> None:
    answer = call(bundle, user, name, session_id)
    assert answer.status == 404
    assert answer.code in ("verification_session_not_found", "not_found")


def test_a_session_is_canceled_but_not_redacted_after_that(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    for _ in range(2):
        answer = call(bundle, user, "cancel", session_id)
        assert (answer.status, answer.json["status"]) == (200, "canceled")
        assert set(answer.json) == MEMBERS
    assert bundle.stripe.status(session_id) == "canceled"
    assert_problem(call(bundle, user, "redact", session_id), 409, "verification_session_closed")


@pytest.mark.parametrize(
    ("name", "outcome", "code"),
    [
        ("cancel", "processing", "verification_in_progress"),
        ("redact", "processing", "verification_in_progress"),
        ("cancel", "verified", "already_verified"),
    ],
)
def test_a_session_that_is_checked_or_verified_cannot_be_ended(
    bundle: Bundle, user: str, name: str, outcome: str, code: str
) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, outcome)
    assert_problem(call(bundle, user, name, session_id), 409, code)


def test_a_redaction_is_accepted_and_done_when_stripe_says_so(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "verified")
    bundle.hear(session_id)
    answer = call(bundle, user, "redact", session_id)
    assert (answer.status, set(answer.json)) == (202, MEMBERS)
    bundle.redacted(session_id)
    bundle.hear(session_id)
    shown = bundle.view(user, session_id)
    assert (shown["status"], shown["last_error"], shown["retryable"]) == ("redacted", None, False)
    again = call(bundle, user, "redact", session_id)
    assert (again.status, again.json["status"]) == (202, "redacted")


def test_an_operator_may_redact_for_any_user_but_neither_read_nor_cancel(
    bundle: Bundle, user: str
) -> None:
    session_id = bundle.open(user)
    assert bundle.operator().get(f"{SESSIONS}/{session_id}").status == 404
    assert bundle.operator().post(f"{SESSIONS}/{session_id}/cancel").status == 404
    answer = bundle.operator().post(f"{SESSIONS}/{session_id}/redact")
    assert (answer.status, answer.json["status"]) == (202, "canceled")
    unknown = bundle.operator().post(f"{SESSIONS}/vs_unknown/redact")
    assert_problem(unknown, 404, "verification_session_not_found")
