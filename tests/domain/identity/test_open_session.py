"""Opening a session when nothing goes wrong: one open session per user."""

from typing import Any

import pytest
from msgspec.structs import replace

from countersign.aws.table import Table
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import session_marks
from tests.support.visits import BACK, ORIGIN, SUBJECT, USER, World

VERIFIED = (409, "already_verified")


def test_a_first_request_creates_a_session_and_stores_it(world: World) -> None:
    session = world.opened()
    assert world.at_stripe() == [session["id"]]
    assert {session["client_secret"], session["url"]} <= set(world.stripe.minted)
    assert world.stripe.calls == ["create"]
    stored = world.stored(session["id"])
    assert (stored.status, stored.user, stored.attempt) == ("requires_input", USER, 1)
    assert world.slot().session_id == session["id"]


def test_stripe_gets_the_user_our_marker_and_our_return_page(world: World) -> None:
    params = world.stripe.created_with[world.open(return_url=BACK)]
    return_url = params.pop("return_url")
    assert params == {
        "type": "document",
        "client_reference_id": SUBJECT,
        "metadata": session_marks(SUBJECT),
    }
    slot = world.slot()
    assert return_url == f"{ORIGIN}/verify/return/{slot.return_handle}"
    assert slot.pk.removeprefix("slot#") not in return_url


def test_the_deployment_chooses_what_is_checked(world: World) -> None:
    options = {"document": {"require_matching_selfie": True}}
    world.configure(verification_options=options)
    params = world.stripe.created_with[world.open("user_1")]
    assert (params["type"], params["options"]) == ("document", options)
    world.configure(verification_flow="vf_1")
    params = world.stripe.created_with[world.open("user_2")]
    assert params["verification_flow"] == "vf_1"
    assert not {"type", "options"} & params.keys()


def test_a_second_request_gets_the_same_session_with_fresh_secrets(world: World) -> None:
    first, second = world.opened(), world.opened()
    assert first["id"] == second["id"]
    assert first["client_secret"] != second["client_secret"]
    assert first["url"] != second["url"]
    assert world.stripe.calls.count("create") == 1


@pytest.mark.parametrize("user", ["a", "x" * 255, "auth0|1", "a#b", "slot#", "../x", "Zoë 山田"])
def test_any_subject_is_a_user_of_its_own(world: World, user: str) -> None:
    assert world.open(user) == world.open(user)
    assert world.open(user + "x") != world.open(user)
    assert len(set(world.stripe.keys)) == 2


def test_after_a_failure_the_same_session_continues(world: World) -> None:
    session_id = world.open()
    world.complete(session_id)
    again = world.opened()
    assert again["id"] == session_id
    assert again["client_secret"]
    assert (world.stored(session_id).last_error or {})["code"] == "document_expired"


def test_while_stripe_is_checking_there_is_nothing_to_open(world: World) -> None:
    session_id = world.open()
    world.stripe.submit(session_id)
    assert world.refused() == (409, "verification_in_progress")
    world.clock.advance(3)
    world.refused()
    assert world.stored(session_id).status == "processing"


def test_a_verified_user_opens_nothing_until_the_verification_is_overridden(world: World) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.hear()
    assert world.refused() == VERIFIED
    assert world.at_stripe() == [session_id]
    world.clock.advance(60)
    world.stripe.override(session_id)
    assert world.open() == session_id


def test_stripes_status_decides_and_not_the_stored_one(world: World) -> None:
    session_id = world.open()
    world.stripe.submit(session_id)
    world.hear()
    world.clock.advance(10)
    world.stripe.fail(session_id)
    assert world.open() == session_id


@pytest.mark.parametrize(
    ("ending", "status"),
    [("cancel", "canceled"), ("redact", "redacted"), ("forget", "requires_input")],
)
def test_an_ended_session_is_followed_by_the_next_attempt(
    world: World, ending: str, status: str
) -> None:
    first = world.open()
    if ending == "redact":
        world.verify(first)
        world.stripe.redact(first)
        assert world.refused() == VERIFIED
        world.stripe.finish_redaction(first)
    else:
        getattr(world.stripe, ending)(first)
    second = world.open()
    assert second != first
    params = world.stripe.created_with
    assert params[second]["metadata"]["countersign_slot"] == "2.0"
    assert params[second]["return_url"] != params[first]["return_url"]
    assert (world.stored(first).status, world.stored(second).attempt) == (status, 2)
    assert world.open() == second


def test_the_latest_request_says_where_the_visitor_continues(world: World) -> None:
    for wanted in (BACK, f"{BACK}?a=1", ""):
        world.open(return_url=wanted)
        assert world.return_url() == wanted


def test_a_request_without_a_page_changes_none(world: World) -> None:
    world.open(return_url=BACK)
    handle = world.slot().return_handle
    world.open(return_url=None)
    assert (world.return_url(), world.slot().return_handle) == (BACK, handle)


def test_details_go_to_stripe_in_an_update_and_nowhere_else(world: World) -> None:
    world.open(details={"email": "old@example.com"})
    details = {"email": "jenny@example.com", "phone": "+12025550123"}
    session = world.opened(details=details)
    assert world.stripe.details[session["id"]] == details
    assert "provided_details" not in world.stripe.created_with[session["id"]]
    assert session["client_secret"] == world.stripe.minted[-2]
    assert "jenny" not in world.rows()
    assert "2025550123" not in world.rows()


@pytest.mark.parametrize("member", ["email", "phone"])
def test_a_detail_that_stripe_refuses_is_named_and_the_session_stays(
    world: World, member: str
) -> None:
    world.stripe.refused_details = {member}
    problem = world.refusal(details={member: "canary"})
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert [error["pointer"] for error in problem.errors] == [f"/{member}"]
    assert "canary" not in str(problem.as_dict())
    assert [world.open()] == world.at_stripe()


def test_no_secret_is_stored(world: World) -> None:
    world.open()
    world.open()
    rows = world.rows()
    assert not [secret for secret in world.stripe.minted if secret in rows]


def test_two_deployments_of_one_account_do_not_share_a_session(world: World) -> None:
    first = world.open()
    world.configure(deployment="countersign-other")
    other: Any = QuickDynamoDB("other")
    world.context = replace(world.context, table=Table("other", other))
    assert world.open() != first
    assert len(world.stripe.keys) == len(set(world.stripe.keys)) == 2
