"""Opening a session when Stripe fails: one session all the same, and no user is locked out."""

from typing import Any

import pytest
from msgspec.structs import replace

from countersign.identity.open_session import open_session
from tests.support.fake_stripe import DAY, Fault
from tests.support.visits import BACK, OTHER_ISSUERS_USER, USER, World, request

OLD = 23 * 3600
DOWN = (503, "stripe_unavailable")
DETAILS = {"email": "jenny@example.com"}


def test_a_stripe_that_is_down_leaves_the_user_free(world: World) -> None:
    world.stripe.fails("create", "down")
    problem = world.refusal()
    assert (problem.status, problem.code) == DOWN
    assert int(problem.headers["Retry-After"]) > 0
    assert [world.open()] == world.at_stripe()


@pytest.mark.parametrize("age", [0, OLD])
def test_a_lost_answer_is_found_under_the_same_key_and_its_secret_not_handed_out(
    world: World, age: int
) -> None:
    world.stripe.fails("create", "lost")
    assert world.refused() == DOWN
    world.clock.advance(age)
    lost = list(world.stripe.minted)
    session = world.opened()
    assert world.at_stripe() == [session["id"]]
    assert len(set(world.stripe.keys)) == 1
    assert session["client_secret"] not in lost


def test_another_request_after_a_lost_answer_uses_the_parameters_of_the_first(
    world: World,
) -> None:
    world.stripe.fails("create", "lost")
    world.refused(return_url=BACK)
    world.configure(verification_flow="vf_new")
    other = replace(request(details=DETAILS), origin="https://another-origin.example.com")
    session = open_session(world.context, other)
    assert world.at_stripe() == [session["id"]]
    assert world.return_url() == ""
    assert world.stripe.details[session["id"]] == DETAILS


def test_the_same_request_leaves_a_saved_500_behind(world: World) -> None:
    world.stripe.fails("create", "saved_500")
    session_id = world.open()
    assert world.at_stripe() == [session_id]
    assert len(set(world.stripe.keys)) == 2
    assert world.stripe.created_with[session_id]["metadata"]["countersign_slot"] == "1.1"


def test_a_stripe_that_fails_for_a_whole_day_locks_no_user_out(world: World) -> None:
    """Each key is used once: Stripe would repeat its failure for a day."""
    for _ in range(24):
        world.stripe.fails("create", *["saved_500"] * 4)
        assert world.refused() == DOWN
        world.stripe.faults.clear()
        world.clock.advance(3600)
    assert len(world.stripe.keys) == len(set(world.stripe.keys))
    session_id = world.open()
    assert world.at_stripe() == [session_id]
    assert world.open() == session_id


def test_a_session_that_a_failing_call_created_is_adopted(world: World) -> None:
    world.stripe.fails("create", "saved_500_made")
    session = world.opened()
    assert world.at_stripe() == [session["id"]]
    assert session["client_secret"]
    assert world.stripe.calls.count("create") == 1


def test_an_adopted_session_is_stored_before_it_is_retrieved(world: World) -> None:
    world.stripe.fails("create", "saved_500_made")
    world.stripe.fails("retrieve", "down")
    assert world.refused() == DOWN
    (session_id,) = world.at_stripe()
    assert world.stored(session_id).user == USER


def test_a_session_of_another_attempt_is_not_adopted(world: World) -> None:
    first = world.open()
    world.stripe.cancel(first)
    world.stripe.fails("create", "saved_500")
    second = world.open()
    assert second != first
    assert world.stored(second).attempt == 2


def test_a_session_of_another_product_is_not_adopted(world: World) -> None:
    foreign = {"client_reference_id": USER, "metadata": {"countersign_slot": "1.0"}}
    theirs = world.stripe.create(foreign, "their-key").body["id"]
    world.stripe.fails("create", "saved_500")
    assert world.open() != theirs


def test_a_session_of_another_issuers_user_with_the_same_subject_is_not_adopted(
    world: World,
) -> None:
    theirs = open_session(world.context, replace(request(), user=OTHER_ISSUERS_USER))["id"]
    world.stripe.fails("create", "saved_500")
    assert world.open() != theirs
    assert len(world.at_stripe()) == 2


def test_a_lost_session_that_was_canceled_locks_no_user_out(world: World) -> None:
    world.stripe.fails("create", "lost")
    world.refused()
    world.stripe.cancel(world.at_stripe()[0])
    session = world.opened_in_the_end()
    assert world.at_stripe()[1:] == [session["id"]]


@pytest.mark.parametrize("age", [OLD + 1, DAY + 1, 40 * DAY])
@pytest.mark.parametrize(("fault", "keys"), [("lost", 1), ("down", 2)])
def test_an_old_claim_is_looked_up_before_it_is_created_under_a_new_key(
    world: World, age: int, fault: Any, keys: int
) -> None:
    world.stripe.fails("create", fault)
    world.refused()
    world.clock.advance(age)
    assert [world.open()] == world.at_stripe()
    assert len(world.stripe.keys) == len(set(world.stripe.keys)) == keys


def test_a_bound_session_is_found_however_old_its_claim_is(world: World) -> None:
    session_id = world.open()
    world.clock.advance(90 * DAY)
    assert world.open() == session_id


def test_a_key_used_with_other_parameters_leads_to_its_session(world: World) -> None:
    world.stripe.fails("create", "lost")
    world.refused()
    row = world.dynamodb.rows[world.slot().pk]
    row["create_params"]["M"]["type"] = {"S": "id_number"}
    assert [world.open()] == world.at_stripe()


def test_refused_parameters_are_the_deployments_fault_and_can_be_changed(world: World) -> None:
    world.stripe.fails("create", "refused")
    assert world.refused() == (500, "verification_misconfigured")
    assert world.at_stripe() == []
    world.configure(verification_flow="vf_1")
    assert world.stripe.created_with[world.open()]["verification_flow"] == "vf_1"
    assert len(set(world.stripe.keys)) == 2


def test_a_session_created_before_its_parameters_were_refused_is_adopted(world: World) -> None:
    world.stripe.fails("create", "lost", "refused")
    world.refused()
    assert [world.open()] == world.at_stripe()


def test_details_that_come_after_the_visitor_has_submitted_are_tried_again(world: World) -> None:
    """Stripe refuses the update for the session's state, and the retry sees which state it is."""
    session_id = world.open()
    world.stripe.fails("update", "refused")
    assert world.refused(details=DETAILS) == (409, "request_in_progress")
    world.stripe.submit(session_id)
    assert world.refused(details=DETAILS) == (409, "verification_in_progress")


def test_a_request_that_is_still_running_at_stripe_is_in_progress(world: World) -> None:
    world.stripe.fails("create", "busy")
    problem = world.refusal()
    assert (problem.status, problem.code) == (409, "request_in_progress")
    assert int(problem.headers["Retry-After"]) > 0
    assert [world.open()] == world.at_stripe()


@pytest.mark.parametrize("call", ["retrieve", "update", "list"])
def test_whatever_call_fails_the_next_request_gets_the_one_session(world: World, call: str) -> None:
    first: Fault = "saved_500_made" if call == "list" else "lost"
    world.stripe.fails("create", first)
    world.stripe.fails(call, "down")
    session = world.opened_in_the_end(details=DETAILS)
    assert world.at_stripe() == [session["id"]]
    assert world.stripe.details[session["id"]] == DETAILS


def test_a_failing_retrieve_keeps_the_session(world: World) -> None:
    session_id = world.open()
    world.stripe.fails("retrieve", "unsaved_500", "down", "refused")
    assert [world.refused() for _ in range(3)] == [DOWN] * 3
    assert world.open() == session_id
