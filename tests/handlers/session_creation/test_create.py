"""`POST /create-verification-session`."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.bundle import BACK, CREATE, SESSIONS, Bundle
from tests.support.gateway import Caller

Deploy = Callable[..., Bundle]


def at_stripe(bundle: Bundle, user: str) -> list[str]:
    found = bundle.stripe.get(f"/v1/identity{SESSIONS.replace('-', '_')}", client_reference_id=user)
    return [session["id"] for session in found["data"]]


@pytest.mark.parametrize("body", [None, "", "{}", {"flow": "modal"}])
def test_an_empty_body_is_a_modal_session(bundle: Bundle, user: str, body: Any) -> None:
    answer = bundle.user(user).post(CREATE, body)
    assert answer.status == 200
    assert set(answer.json) == {"id", "client_secret"}
    assert answer.json["id"].startswith("vs_")
    assert answer.json["client_secret"].startswith("vs_")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "type_", ["text/plain", "application/x-www-form-urlencoded", "image/png", "", "nonsense;;"]
)
@pytest.mark.parametrize("encoded", [True, False])
def test_an_empty_body_may_have_any_content_type(
    bundle: Bundle, user: str, type_: str, encoded: bool
) -> None:
    headers = {"content-type": type_}
    assert bundle.user(user).post(CREATE, "", headers=headers, encoded=encoded).status == 200


def test_the_redirect_flow_gives_a_url_and_no_secret(bundle: Bundle, user: str) -> None:
    answer = bundle.user(user).post(CREATE, {"flow": "redirect"})
    assert answer.status == 200
    assert set(answer.json) == {"id", "url"}
    assert answer.json["url"].startswith("http")
    assert answer.headers["cache-control"] == "no-store"


def test_a_body_may_come_as_base64(bundle: Bundle, user: str) -> None:
    body = {"flow": "redirect", "email": "zoë@example.com"}
    assert "url" in bundle.user(user).post(CREATE, body, encoded=True).json


def test_both_flows_give_the_one_session_with_fresh_secrets(bundle: Bundle, user: str) -> None:
    answers = [
        bundle.user(user).post(CREATE, {"flow": flow}).json for flow in ("modal", "redirect")
    ]
    again = bundle.user(user).post(CREATE, {"flow": "modal"}).json
    assert len({answer["id"] for answer in [*answers, again]}) == 1
    assert again["client_secret"] != answers[0]["client_secret"]
    assert at_stripe(bundle, user) == [again["id"]]


def test_a_first_session_costs_one_call_to_stripe(bundle: Bundle, user: str) -> None:
    bundle.open(user)
    asked = [(entry["method"], entry["path"]) for entry in bundle.stripe.requests()]
    assert asked == [("POST", "/v1/identity/verification_sessions")]


def test_the_deployment_chooses_what_is_checked(bundle: Bundle, user: str) -> None:
    session = bundle.stripe.backend.store.get("session", bundle.open(user))
    assert session is not None
    assert session["object"]["type"] == "document"
    assert session["object"]["options"]["document"]["require_matching_selfie"] is True
    assert session["object"]["client_reference_id"] == user
    assert session["object"]["metadata"]["user_id"] == user


def test_a_verification_flow_may_be_chosen_instead(deployed_with: Deploy, user: str) -> None:
    bundle = deployed_with(VERIFICATION_FLOW="vf_1")
    session = bundle.stripe.backend.store.get("session", bundle.open(user))
    assert session is not None
    assert session["object"]["verification_flow"] == "vf_1"


@pytest.mark.parametrize(
    "member",
    ["options", "type", "verification_flow", "metadata", "client_reference_id", "user_id", "Flow",
     "return_url ", "a/b", "a~b", "", "é"],
)  # fmt: skip
def test_any_other_member_is_refused_and_named(bundle: Bundle, user: str, member: str) -> None:
    answer = bundle.user(user).post(CREATE, {member: {"document": {}}})
    assert (answer.status, answer.code) == (422, "invalid_request")
    escaped = member.replace("~", "~0").replace("/", "~1")
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{escaped}"]
    assert "not a member" in answer.json["errors"][0]["message"]
    assert at_stripe(bundle, user) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("flow", "popup"), ("flow", ""), ("flow", None), ("flow", 1), ("flow", ["modal"]),
        ("flow", {}), ("flow", True),
        ("return_url", 1), ("return_url", []), ("return_url", {}), ("return_url", False),
        ("email", 1), ("email", ""), ("email", "a"), ("email", []), ("email", "a" * 255),
        ("email", True),
        ("phone", 12025550123), ("phone", ""), ("phone", "12025550123"), ("phone", "+0123456789"),
        ("phone", "+1202555012a"), ("phone", "+1"), ("phone", "+1234567890123456"),
        ("phone", "+12025550123\n"), ("phone", "+1 202 555 0123"), ("phone", {}),
    ],
)  # fmt: skip
def test_a_member_of_another_type_or_form_is_refused_and_named(
    bundle: Bundle, user: str, member: str, value: Any
) -> None:
    answer = bundle.user(user).post(CREATE, {member: value})
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert {error["pointer"].split("/")[1] for error in answer.json["errors"]} == {member}
    assert all(error["message"] for error in answer.json["errors"])
    assert at_stripe(bundle, user) == []
    assert bundle.items() == {}


def test_every_wrong_member_is_named_at_once(bundle: Bundle, user: str) -> None:
    answer = bundle.user(user).post(CREATE, {"flow": 1, "email": 2, "extra": 3})
    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/flow", "/email", "/extra"}


@pytest.mark.parametrize("member", ["return_url", "email", "phone"])
def test_an_optional_member_may_be_null(bundle: Bundle, user: str, member: str) -> None:
    assert bundle.user(user).post(CREATE, {member: None}).status == 200


@pytest.mark.parametrize("url", [BACK, f"{BACK}?a=1&b=2", "https://other.example.com/"])
def test_a_return_url_of_the_list_is_taken(bundle: Bundle, user: str, url: str) -> None:
    assert bundle.user(user).post(CREATE, {"return_url": url}).status == 200


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/done", "http://shop.example.com/done", f"{BACK}/", f"{BACK}#a", "",
     "https://shop.example.com@evil.example/done", "https://shop.example.com\\@evil.example/done",
     f" {BACK}", f"{BACK}\n", "\ud800", f"{BACK}?{'a' * 3000}"],
)  # fmt: skip
def test_another_return_url_is_refused(bundle: Bundle, user: str, url: str) -> None:
    answer = bundle.user(user).post(CREATE, {"return_url": url})
    assert answer.status == 422
    assert answer.code in ("return_url_not_allowed", "invalid_request")
    if url.isascii():
        assert answer.code == "return_url_not_allowed"
    assert [error["pointer"] for error in answer.json["errors"]] == ["/return_url"]
    assert at_stripe(bundle, user) == []


def test_stripe_returns_to_the_bundles_own_page(bundle: Bundle, user: str) -> None:
    session = bundle.stripe.backend.store.get("session", bundle.open(user, return_url=BACK))
    assert session is not None
    assert session["return_url"].startswith("https://api.example.com/verify/return/")


def test_a_public_url_is_where_the_pages_are(deployed_with: Deploy, user: str) -> None:
    bundle = deployed_with(PUBLIC_URL="https://verify.example.com/")
    session = bundle.stripe.backend.store.get("session", bundle.open(user))
    assert session is not None
    assert session["return_url"].startswith("https://verify.example.com/verify/return/")


def test_details_are_given_to_stripe_and_kept_nowhere_else(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user, email="jenny@example.com", phone="+12025550123")
    session = bundle.stripe.backend.store.get("session", session_id)
    assert session is not None
    assert session["details"] == {"email": "jenny@example.com", "phone": "+12025550123"}
    assert "jenny" not in bundle.everything_stored()
    assert "12025550123" not in bundle.everything_stored()


def test_while_stripe_is_checking_there_is_nothing_to_open(bundle: Bundle, user: str) -> None:
    bundle.stripe.outcome(bundle.open(user), "processing")
    answer = bundle.user(user).post(CREATE)
    assert (answer.status, answer.code) == (409, "verification_in_progress")


def test_who_is_verified_is_told_so(bundle: Bundle, user: str) -> None:
    bundle.stripe.outcome(bundle.open(user), "verified")
    answer = bundle.user(user).post(CREATE)
    assert (answer.status, answer.code) == (409, "already_verified")


def test_an_operators_override_lets_the_user_go_on(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    bundle.stripe.outcome(session_id, "verified")
    bundle.stripe.outcome(session_id, "document_unverified_other")
    assert bundle.open(user) == session_id


def test_after_a_cancel_or_a_redaction_another_session_is_made(bundle: Bundle, user: str) -> None:
    first = bundle.open(user)
    bundle.user(user).post(f"{SESSIONS}/{first}/cancel")
    second = bundle.open(user)
    bundle.stripe.outcome(second, "verified")
    bundle.user(user).post(f"{SESSIONS}/{second}/redact")
    bundle.redacted(second)
    third = bundle.open(user)
    assert len({first, second, third}) == 3
    assert bundle.view(user, third)["attempt"] == 3


def test_too_many_checks_in_a_day_are_too_many(bundle: Bundle, user: str) -> None:
    session_id = bundle.open(user)
    for _ in range(3):
        assert bundle.open(user) == session_id
        bundle.stripe.outcome(session_id, "document_expired")
    bundle.hear(session_id)
    answer = bundle.user(user).post(CREATE)
    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert 24 * 3600 - 60 < int(answer.headers["retry-after"]) <= 24 * 3600


def test_details_that_come_too_late_are_tried_again(bundle: Bundle, user: str) -> None:
    """Stripe refuses the update for the session's state: the visitor has submitted meanwhile."""
    bundle.stripe.fault(path="/v1/identity/verification_sessions/*", status=400)
    answer = bundle.user(user).post(CREATE, {"email": "a@example.com"})
    assert (answer.status, answer.code) == (409, "request_in_progress")
    assert bundle.open(user, email="a@example.com") in at_stripe(bundle, user)


def test_parameters_that_stripe_refuses_are_the_deployments_fault(
    deployed_with: Deploy, user: str
) -> None:
    bundle = deployed_with(VERIFICATION_OPTIONS='{"document": {"unheard_of": true}}')
    answer = bundle.user(user).post(CREATE)
    assert (answer.status, answer.code) == (500, "verification_misconfigured")
    assert "unheard_of" not in answer.text
    bundle = deployed_with(VERIFICATION_OPTIONS="{}")
    assert bundle.user(user).post(CREATE).status == 200


@pytest.mark.parametrize("subject", ["a" * 255, "auth0|5f7c", "x y", "\u007f", '"; --', "slot#1"])
def test_any_subject_that_openid_connect_allows_is_a_user(bundle: Bundle, subject: str) -> None:
    first = bundle.user(subject).post(CREATE)
    assert first.status == 200
    assert bundle.user(subject).get(f"{SESSIONS}/current").json["id"] == first.json["id"]


def test_without_a_subject_nobody_is_served(bundle: Bundle) -> None:
    anonymous = Caller(bundle.user("x").handler)
    for answer in (anonymous.post(CREATE), anonymous.get(f"{SESSIONS}/current")):
        assert (answer.status, answer.code) == (401, "invalid_token")
    assert bundle.items() == {}


def test_a_modal_in_another_tab_does_not_change_where_stripes_page_returns_to(
    bundle: Bundle, user: str
) -> None:
    caller = bundle.user(user)
    session_id = caller.post(CREATE, {"flow": "redirect", "return_url": BACK}).json["id"]
    caller.post(CREATE, {"flow": "modal"})
    session = bundle.stripe.backend.store.get("session", session_id)
    assert session is not None
    page = session["return_url"].removeprefix("https://api.example.com")
    assert caller.get(page).headers["location"] == BACK
    caller.post(CREATE, {"flow": "redirect"})
    assert caller.get(page).headers["location"] == "https://api.example.com/confirmation"
