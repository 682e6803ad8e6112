"""`POST /create-verification-session`."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.bundle import BACK, CREATE, SESSIONS, Bundle

Deploy = Callable[..., Bundle]
INVALID = (422, "invalid_request")


@pytest.mark.parametrize("body", [None, "", "{}", {"flow": "modal"}])
def test_an_empty_body_is_a_request_for_the_modal(bundle: Bundle, user: str, body: Any) -> None:
    answer = bundle.ask(user, body)
    assert answer.status == 200
    assert set(answer.json) == {"id", "client_secret"}
    assert answer.json["id"].startswith("vs_")
    assert answer.json["client_secret"].startswith("vs_")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "type_", ["text/plain", "application/x-www-form-urlencoded", "image/png", "", "nonsense;;"]
)
def test_an_empty_body_may_have_any_content_type(bundle: Bundle, user: str, type_: str) -> None:
    for encoded in (True, False):
        headers = {"content-type": type_}
        assert bundle.user(user).post(CREATE, "", headers=headers, encoded=encoded).status == 200


def test_the_redirect_flow_gives_a_url_and_no_secret(bundle: Bundle, user: str) -> None:
    body = {"flow": "redirect", "email": "zoë@example.com"}
    answer = bundle.user(user).post(CREATE, body, encoded=True)
    assert answer.status == 200
    assert set(answer.json) == {"id", "url"}
    assert answer.json["url"].startswith("http")
    assert answer.headers["cache-control"] == "no-store"


def test_both_flows_give_the_one_session_with_fresh_secrets(bundle: Bundle, user: str) -> None:
    first, _, again = (bundle.ask(user, {"flow": flow}) for flow in ("modal", "redirect", "modal"))
    assert first.json["id"] == again.json["id"]
    assert first.json["client_secret"] != again.json["client_secret"]
    assert bundle.at_stripe(user) == [again.json["id"]]


def test_a_first_session_costs_one_call_to_stripe(bundle: Bundle, user: str) -> None:
    bundle.open(user)
    calls = [(entry["method"], entry["path"]) for entry in bundle.stripe.requests()]
    assert calls == [("POST", "/v1/identity/verification_sessions")]


def test_the_deployment_chooses_what_is_checked(deployed_with: Deploy, user: str) -> None:
    bundle = deployed_with()
    session = bundle.session_at_stripe(bundle.open(user))["object"]
    assert session["type"] == "document"
    assert session["options"]["document"]["require_matching_selfie"] is True
    assert session["client_reference_id"] == session["metadata"]["user_id"] == user
    bundle = deployed_with(VERIFICATION_FLOW="vf_1")
    session = bundle.session_at_stripe(bundle.open(f"{user}-other"))["object"]
    assert session["verification_flow"] == "vf_1"


@pytest.mark.parametrize(
    "member", ["options", "verification_flow", "metadata", "user_id", "Flow", "a/b", "a~b", "", "é"]
)
def test_any_other_member_is_refused_and_named(bundle: Bundle, user: str, member: str) -> None:
    answer = bundle.ask(user, {member: {"document": {}}})
    assert (answer.status, answer.code) == INVALID
    escaped = member.replace("~", "~0").replace("/", "~1")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{escaped}"]
    assert "not a member" in answer.json["errors"][0]["message"]
    assert bundle.at_stripe(user) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("flow", "popup"), ("flow", ""), ("flow", None), ("flow", 1), ("flow", ["modal"]),
        ("return_url", 1), ("return_url", []), ("return_url", False),
        ("email", 1), ("email", ""), ("email", "a"), ("email", "a" * 255), ("email", {}),
        ("phone", 12025550123), ("phone", ""), ("phone", "12025550123"), ("phone", "+0123456789"),
        ("phone", "+1202555012a"), ("phone", "+1"), ("phone", "+1234567890123456"),
        ("phone", "+12025550123\n"), ("phone", "+1 202 555 0123"),
    ],
)  # fmt: skip
def test_a_member_of_another_type_or_form_is_refused_and_named(
    bundle: Bundle, user: str, member: str, value: Any
) -> None:
    answer = bundle.ask(user, {member: value})
    assert (answer.status, answer.code) == INVALID
    assert {error["pointer"].split("/")[1] for error in answer.json["errors"]} == {member}
    assert all(error["message"] for error in answer.json["errors"])
    assert bundle.at_stripe(user) == []
    assert bundle.items() == {}


def test_every_wrong_member_is_named_at_once(bundle: Bundle, user: str) -> None:
    answer = bundle.ask(user, {"flow": 1, "email": 2, "extra": 3})
    assert {error["pointer"] for error in answer.json["errors"]} == {"/flow", "/email", "/extra"}


def test_an_optional_member_may_be_null(bundle: Bundle, user: str) -> None:
    assert bundle.ask(user, {"return_url": None, "email": None, "phone": None}).status == 200


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/done", f"{BACK}/", f"{BACK}#a", "", f" {BACK}", f"{BACK}\n", "\ud800",
     "https://shop.example.com\\@evil.example/done", f"{BACK}?{'a' * 3000}"],
)  # fmt: skip
def test_only_a_return_url_of_the_list_is_allowed(bundle: Bundle, user: str, url: str) -> None:
    answer = bundle.ask(user, {"return_url": url})
    assert (answer.status, answer.code) == (422, "return_url_not_allowed")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/return_url"]
    assert bundle.at_stripe(user) == []
    for allowed in (f"{BACK}?a=1&b=2", "https://other.example.com/"):
        assert bundle.ask(user, {"return_url": allowed}).status == 200


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [("", "https://api.example.com"), ("https://id.example.com/", "https://id.example.com")],
)
def test_stripe_returns_to_a_page_of_the_deployment(
    deployed_with: Deploy, user: str, public_url: str, origin: str
) -> None:
    bundle = deployed_with(PUBLIC_URL=public_url)
    session = bundle.session_at_stripe(bundle.open(user, return_url=BACK))
    assert session["return_url"].startswith(f"{origin}/verify/return/")


def test_details_are_given_to_stripe_and_stored_nowhere_else(bundle: Bundle, user: str) -> None:
    details = {"email": "jenny@example.com", "phone": "+12025550123"}
    assert bundle.session_at_stripe(bundle.open(user, **details))["details"] == details
    assert "jenny" not in bundle.everything_stored()
    assert "12025550123" not in bundle.everything_stored()


def test_a_checked_or_verified_user_opens_nothing_until_an_override(
    bundle: Bundle, user: str
) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "processing")
    assert bundle.refused(user) == (409, "verification_in_progress")
    bundle.stripe.outcome(session_id, "verified")
    assert bundle.refused(user) == (409, "already_verified")
    bundle.stripe.outcome(session_id, "document_unverified_other")
    assert bundle.open(user) == session_id


def test_too_many_checks_in_a_day_are_too_many(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    for _ in range(3):
        assert bundle.open(user) == session_id
        bundle.stripe.outcome(session_id, "document_expired")
    bundle.hear(session_id)
    answer = bundle.ask(user)
    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert 24 * 3600 - 60 < int(answer.headers["retry-after"]) <= 24 * 3600


def test_details_that_come_too_late_are_tried_again(bundle: Bundle, user: str) -> None:
    """Stripe refuses the update for the session's state: the visitor has submitted meanwhile."""
    bundle.stripe.fault(path="/v1/identity/verification_sessions/*", status=400)
    assert bundle.refused(user, {"email": "a@example.com"}) == (409, "request_in_progress")
    assert bundle.open(user, email="a@example.com") in bundle.at_stripe(user)


def test_parameters_that_stripe_refuses_are_the_deployments_fault(
    deployed_with: Deploy, user: str
) -> None:
    answer = deployed_with(VERIFICATION_OPTIONS='{"document": {"unheard_of": true}}').ask(user)
    assert (answer.status, answer.code) == (500, "verification_misconfigured")
    assert "unheard_of" not in answer.text
    assert deployed_with(VERIFICATION_OPTIONS="{}").ask(user).status == 200


@pytest.mark.parametrize("subject", ["a" * 255, "auth0|5f7c", "x y", "\u007f", '"; --', "slot#1"])
def test_any_subject_that_openid_connect_allows_is_a_user(bundle: Bundle, subject: str) -> None:
    session_id = bundle.open(subject)
    assert bundle.user(subject).get(f"{SESSIONS}/current").json["id"] == session_id


def test_a_modal_in_another_tab_does_not_change_where_the_visitor_continues(
    bundle: Bundle, user: str
) -> None:
    session_id = bundle.open(user, flow="redirect", return_url=BACK)
    bundle.open(user, flow="modal")
    return_url = bundle.session_at_stripe(session_id)["return_url"]
    page = return_url.removeprefix("https://api.example.com")
    assert bundle.user(user).get(page).headers["location"] == BACK
    bundle.open(user, flow="redirect")
    location = bundle.user(user).get(page).headers["location"]
    assert location == "https://api.example.com/confirmation"
