"""Opening a session when nothing goes wrong: one open session a user."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from countersign.aws.table import Table
from countersign.identity.context import Context
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.visits import ORIGIN, USER, at_stripe, hear, opened, refusal, slot_of, stored

BACK = "https://shop.example.com/done"


def with_settings(context: Context, **members: Any) -> Context:
    return replace(context, settings=replace(context.settings, **members))


def test_a_first_request_makes_a_session(context: Context, stripe: FakeStripe) -> None:
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert session["client_secret"] in stripe.minted
    assert session["url"] in stripe.minted
    assert stripe.calls == ["create"]


def test_stripe_is_told_whose_session_it_is_and_where_to_return(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context, return_url=BACK)["id"]
    params = stripe.created_with[session_id]
    return_url = params.pop("return_url")
    assert params == {
        "type": "document",
        "client_reference_id": USER,
        "metadata": {"countersign": DEPLOYMENT, "countersign_slot": "1.0", "user_id": USER},
    }
    slot = slot_of(context)
    hash_of_user = slot.pk.removeprefix("slot#")
    assert return_url == f"{ORIGIN}/verify/return/{hash_of_user}{slot.return_token}"
    assert USER not in urlsplit(return_url).path


def test_the_session_is_stored_at_once(context: Context) -> None:
    session = opened(context)
    item = stored(context, session["id"])
    assert (item.status, item.user, item.attempt) == ("requires_input", USER, 1)
    assert slot_of(context).session_id == session["id"]


def test_the_deployment_chooses_what_is_checked(context: Context, stripe: FakeStripe) -> None:
    options = {"document": {"require_matching_selfie": True}}
    session_id = opened(with_settings(context, verification_options=options))["id"]
    assert stripe.created_with[session_id]["options"] == options
    assert stripe.created_with[session_id]["type"] == "document"


def test_a_verification_flow_takes_the_place_of_the_options(
    context: Context, stripe: FakeStripe
) -> None:
    chosen = {"verification_flow": "vf_1", "verification_options": {"document": {}}}
    session_id = opened(with_settings(context, **chosen))["id"]
    params = stripe.created_with[session_id]
    assert params["verification_flow"] == "vf_1"
    assert not {"type", "options"} & params.keys()


def test_a_second_request_gets_the_same_session_with_fresh_secrets(
    context: Context, stripe: FakeStripe
) -> None:
    first, second = opened(context), opened(context)
    assert first["id"] == second["id"]
    assert first["client_secret"] != second["client_secret"]
    assert first["url"] != second["url"]
    assert stripe.calls.count("create") == 1


def test_two_users_have_a_session_each(context: Context, stripe: FakeStripe) -> None:
    first, second = opened(context, "user_1"), opened(context, "user_2")
    assert first["id"] != second["id"]
    assert len(set(stripe.keys)) == 2


@pytest.mark.parametrize("user", ["a", "x" * 255, "auth0|1", "a#b", "slot#", "../x", "Zoë 山田"])
def test_any_subject_is_a_user_of_its_own(context: Context, stripe: FakeStripe, user: str) -> None:
    assert opened(context, user)["id"] == opened(context, user)["id"]
    assert opened(context, user + "x")["id"] != opened(context, user)["id"]


def test_after_a_failure_the_same_session_goes_on(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    stripe.fail(session_id)
    hear(context, stripe)
    again = opened(context)
    assert again["id"] == session_id
    assert again["client_secret"]
    assert stored(context, session_id).last_error["code"] == "document_expired"


def test_while_stripe_is_checking_there_is_nothing_to_open(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    problem = refusal(opened, context)
    assert (problem.status, problem.code) == (409, "verification_in_progress")
    stripe.clock.advance(3)
    refusal(opened, context)
    assert stored(context, session_id).status == "processing"


def test_who_is_verified_is_told_so(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    stripe.verify(session_id)
    problem = refusal(opened, context)
    assert (problem.status, problem.code) == (409, "already_verified")
    assert at_stripe(stripe) == [session_id]


def test_a_verification_that_was_taken_back_can_go_on(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    stripe.verify(session_id)
    hear(context, stripe)
    stripe.clock.advance(60)
    stripe.override(session_id)
    assert opened(context)["id"] == session_id


def test_stripes_status_decides_and_not_what_is_stored(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    hear(context, stripe)
    stripe.clock.advance(10)
    stripe.fail(session_id)
    assert opened(context)["id"] == session_id


def test_a_canceled_session_is_followed_by_another_attempt(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    stripe.cancel(first)
    second = opened(context)["id"]
    assert second != first
    assert stripe.created_with[second]["metadata"]["countersign_slot"] == "2.0"
    assert stored(context, second).attempt == 2
    assert stored(context, first).status == "canceled"
    assert opened(context)["id"] == second


def test_a_redacted_session_is_followed_by_another_attempt(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    stripe.submit(first)
    stripe.verify(first)
    stripe.redact(first)
    assert refusal(opened, context).code == "already_verified"
    stripe.finish_redaction(first)
    second = opened(context)["id"]
    assert second != first
    assert stored(context, first).status == "redacted"


def test_a_session_that_is_gone_at_stripe_is_followed_by_another_attempt(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    stripe.forget(first)
    second = opened(context)["id"]
    assert second != first
    assert stored(context, second).attempt == 2


def test_every_attempt_has_a_return_page_of_its_own(context: Context, stripe: FakeStripe) -> None:
    first = opened(context)["id"]
    stripe.cancel(first)
    second = opened(context)["id"]
    pages = {stripe.created_with[found]["return_url"] for found in (first, second)}
    assert len(pages) == 2


def test_where_the_visitor_goes_on_to_follows_the_latest_request(context: Context) -> None:
    opened(context, return_url=BACK)
    assert slot_of(context).return_url == BACK
    opened(context, return_url=f"{BACK}?a=1")
    assert slot_of(context).return_url == f"{BACK}?a=1"
    opened(context)
    assert slot_of(context).return_url == ""


def test_a_request_that_says_nothing_of_it_leaves_where_the_visitor_goes_on_to(
    context: Context,
) -> None:
    opened(context, return_url=BACK)
    opened(context, return_url=None)
    assert slot_of(context).return_url == BACK


def test_stripe_returns_to_the_same_page_all_the_while(
    context: Context, stripe: FakeStripe
) -> None:
    opened(context, return_url=BACK)
    token = slot_of(context).return_token
    opened(context, return_url=f"{BACK}?a=1")
    assert slot_of(context).return_token == token


def test_details_go_to_stripe_by_an_update_and_nowhere_else(
    context: Context, stripe: FakeStripe
) -> None:
    details = {"email": "jenny@example.com", "phone": "+12025550123"}
    session = opened(context, details=details)
    assert stripe.details[session["id"]] == details
    assert "provided_details" not in stripe.created_with[session["id"]]
    assert session["client_secret"] == stripe.minted[-2]
    rows = str(context.table._client.rows)  # type: ignore[attr-defined]
    assert "jenny" not in rows
    assert "2025550123" not in rows


def test_later_details_replace_the_earlier_ones(context: Context, stripe: FakeStripe) -> None:
    opened(context, details={"email": "old@example.com"})
    session_id = opened(context, details={"email": "new@example.com"})["id"]
    assert stripe.details[session_id] == {"email": "new@example.com"}


@pytest.mark.parametrize("member", ["email", "phone"])
def test_a_detail_that_stripe_refuses_is_named_and_the_session_stays(
    context: Context, stripe: FakeStripe, member: str
) -> None:
    stripe.refused_details = {member}
    problem = refusal(opened, context, details={member: "canary"})
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert [error["pointer"] for error in problem.errors] == [f"/{member}"]
    assert "canary" not in str(problem.as_dict())
    assert [opened(context)["id"]] == at_stripe(stripe)


def test_no_secret_is_stored(context: Context, stripe: FakeStripe) -> None:
    for _ in range(2):
        opened(context)
    rows = str(context.table._client.rows)  # type: ignore[attr-defined]
    assert not [secret for secret in stripe.minted if secret in rows]


def test_another_deployment_of_the_same_account_does_not_mix(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    first = opened(context)["id"]
    other = with_settings(context, deployment="countersign-other")
    quick: Any = QuickDynamoDB("other")
    other = replace(other, table=Table("other", quick))
    second = opened(other)["id"]
    assert second != first
    assert len(stripe.keys) == len(set(stripe.keys)) == 2
