"""Reading, canceling and redacting one's own session, and where Stripe's page returns to."""

from typing import Any

import pytest

from tests.support.assertions import assert_problem
from tests.support.bundle import BACK, SESSIONS, Bundle
from tests.support.gateway import Caller, HttpAnswer, http_event
from tests.support.stripe_objects import CODES

MEMBERS = {
    "id", "status", "last_error", "retryable", "attempt", "livemode", "created", "updated",
}  # fmt: skip


def call(bundle: Bundle, user: str, name: str, session_id: str) -> HttpAnswer:
    """One of the calls on a session."""
    caller = bundle.user(user)
    if name == "read":
        return caller.get(f"{SESSIONS}/{session_id}")
    return caller.post(f"{SESSIONS}/{session_id}/{name}")


def test_a_session_is_shown_with_the_contracts_members(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    shown = bundle.view(user, session_id)
    assert set(shown) == MEMBERS
    assert shown["id"] == session_id
    assert (shown["status"], shown["last_error"]) == ("requires_input", None)
    assert (shown["retryable"], shown["attempt"], shown["livemode"]) == (True, 1, False)
    assert shown["updated"] >= shown["created"] > 1_700_000_000


def test_the_current_session_is_the_same(bundle: Bundle, user: str) -> None:
    assert bundle.user(user).get(f"{SESSIONS}/current").status == 404
    session_id = bundle.open(user)
    answer = bundle.user(user).get(f"{SESSIONS}/current")
    assert answer.json == bundle.view(user, session_id)


def test_the_session_ends_in_what_stripe_says(bundle: Bundle, user: str) -> None:
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


@pytest.mark.parametrize("code", [*CODES, "something_new"])
def test_every_reason_of_stripes_is_shown(bundle: Bundle, user: str, code: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, code, force=True)
    bundle.hear(session_id)
    shown = bundle.view(user, session_id)
    assert (shown["status"], shown["last_error"]["code"]) == ("requires_input", code)
    final = ("consent_declined", "country_not_supported", "under_supported_age")
    assert shown["retryable"] == (code not in final)


def test_a_status_that_is_new_at_stripe_is_shown(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    (event,) = bundle.events_of(session_id)
    event["data"]["object"]["status"] = "something_new"
    event |= {"type": "identity.verification_session.processing", "id": "evt_new"}
    event["created"] += 1
    assert bundle.tell(event) == "applied"
    assert bundle.view(user, session_id)["status"] == "something_new"


@pytest.mark.parametrize("name", ["read", "cancel", "redact"])
def test_somebody_elses_session_is_not_found(bundle: Bundle, user: str, name: str) -> None:
    session_id = bundle.open(user)
    for other in ("somebody-else", user.upper(), f"{user} "):
        assert_problem(call(bundle, other, name, session_id), 404, "verification_session_not_found")
    assert bundle.view(user, session_id)["status"] == "requires_input"


@pytest.mark.parametrize("name", ["read", "cancel", "redact"])
@pytest.mark.parametrize(
    "session_id",
    ["vs_unknown", "x", "session", "%20", "vs_%00", "é", "current%2F", "v" * 3000, "..", "vs_1:a"],
)
def test_an_unknown_session_is_not_found(
    bundle: Bundle, user: str, name: str, session_id: str
) -> None:
    answer = call(bundle, user, name, session_id)
    assert answer.status == 404
    assert answer.code in ("verification_session_not_found", "not_found")


def test_a_session_is_canceled(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    answers = [call(bundle, user, "cancel", session_id) for _ in range(2)]
    assert [(answer.status, answer.json["status"]) for answer in answers] == [
        (200, "canceled"), (200, "canceled"),
    ]  # fmt: skip
    assert set(answers[0].json) == MEMBERS
    assert bundle.stripe.status(session_id) == "canceled"


@pytest.mark.parametrize("name", ["cancel", "redact"])
def test_nothing_ends_while_stripe_is_checking(bundle: Bundle, user: str, name: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "processing")
    assert_problem(call(bundle, user, name, session_id), 409, "verification_in_progress")


def test_a_verified_session_can_not_be_canceled(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "verified")
    assert_problem(call(bundle, user, "cancel", session_id), 409, "already_verified")


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


def test_an_operator_may_redact_for_anybody(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    answer = bundle.operator().post(f"{SESSIONS}/{session_id}/redact")
    assert (answer.status, answer.json["status"]) == (202, "canceled")
    unknown = bundle.operator().post(f"{SESSIONS}/vs_unknown/redact")
    assert_problem(unknown, 404, "verification_session_not_found")


def test_an_operator_may_neither_read_nor_cancel_for_others(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    assert bundle.operator().get(f"{SESSIONS}/{session_id}").status == 404
    assert bundle.operator().post(f"{SESSIONS}/{session_id}/cancel").status == 404


def test_a_canceled_session_is_not_redacted_and_that_is_said(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    call(bundle, user, "cancel", session_id)
    assert_problem(call(bundle, user, "redact", session_id), 409, "verification_session_closed")


def return_page(bundle: Bundle, session_id: str) -> str:
    """The path that Stripe returns this session's visitor to."""
    session: Any = bundle.stripe.backend.store.get("session", session_id)
    return str(session["return_url"]).removeprefix("https://api.example.com")


def returned(bundle: Bundle, path: str) -> HttpAnswer:
    """Where a browser without a token is sent on to."""
    answer = Caller(bundle.user("any").handler).send(http_event("GET", path))
    assert answer.status == 303
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    return answer


def test_the_visitor_goes_on_to_the_callers_page(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user, return_url=f"{BACK}?a=1&b=%20")
    answer = returned(bundle, return_page(bundle, session_id))
    assert answer.headers["location"] == f"{BACK}?a=1&b=%20"
    assert answer.text == ""


def test_the_latest_request_says_where(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user, return_url=BACK)
    bundle.open(user, return_url="https://other.example.com/")
    path = return_page(bundle, session_id)
    assert returned(bundle, path).headers["location"] == "https://other.example.com/"
    bundle.open(user, flow="redirect")
    assert returned(bundle, path).headers["location"].endswith("/confirmation")


def test_without_a_page_of_the_callers_the_visitor_sees_ours(bundle: Bundle, user: str) -> None:
    answer = returned(bundle, return_page(bundle, bundle.open(user)))
    assert answer.headers["location"] == "https://api.example.com/confirmation"


def test_a_page_that_is_no_longer_allowed_is_not_gone_to(
    bundle: Bundle, deployed_with: Any, user: str
) -> None:
    path = return_page(bundle, bundle.open(user, return_url=BACK))
    deployed_with(ALLOWED_RETURN_URLS="https://other.example.com/")
    assert returned(bundle, path).headers["location"] == "https://api.example.com/confirmation"


def test_a_handle_that_is_not_genuine_leads_to_our_page(bundle: Bundle, user: str) -> None:
    path = return_page(bundle, bundle.open(user, return_url=BACK))
    start = "/verify/return/"
    handle = path.removeprefix(start)
    forged = [
        handle[:64] + "A" * 22,
        handle[:64],
        handle[:-1],
        handle + "A",
        "0" * 64 + handle[64:],
        handle[:64].upper() + handle[64:],
        "x",
        "%00",
        "é",
        "a" * 5000,
        handle[:-1] + "%0a",
    ]
    for other in forged:
        answer = returned(bundle, start + other)
        assert answer.headers["location"] == "https://api.example.com/confirmation", other


def test_a_storage_that_is_down_leads_to_our_page(
    bundle: Bundle, deployed_with: Any, user: str
) -> None:
    path = return_page(bundle, bundle.open(user, return_url=BACK))
    deployed_with(IDENTITY_TABLE="no-such-table")
    assert returned(bundle, path).headers["location"] == "https://api.example.com/confirmation"
