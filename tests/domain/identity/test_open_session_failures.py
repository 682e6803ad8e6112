"""Opening a session when Stripe fails: one session all the same, and nobody is locked out."""

from dataclasses import replace

import pytest

from countersign.identity.context import Context
from countersign.identity.open_session import open_session
from countersign.identity.session_request import SessionRequest
from tests.support.clock import Clock
from tests.support.fake_stripe import DAY, FakeStripe, Fault
from tests.support.visits import (
    USER,
    at_stripe,
    opened,
    opened_in_the_end,
    refusal,
    slot_of,
    stored,
)

BACK = "https://shop.example.com/done"


def test_a_stripe_that_is_down_is_named_and_leaves_the_user_free(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "down")
    problem = refusal(opened, context)
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert int(problem.headers["Retry-After"]) > 0
    assert opened(context)["id"] in at_stripe(stripe)


def test_a_lost_answer_is_found_again_under_the_same_key(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    assert refusal(opened, context).status == 503
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert len(set(stripe.keys)) == 1


def test_a_repeated_answer_is_not_handed_out_as_its_secret_may_be_used(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context)
    old = list(stripe.minted)
    assert opened(context)["client_secret"] not in old


def test_a_retry_with_another_wish_uses_the_parameters_of_the_first(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context, return_url=BACK)
    other = SessionRequest(
        USER, "https://another-origin.example.com", details={"email": "a@example.com"}
    )
    session = open_session(context, other)
    assert at_stripe(stripe) == [session["id"]]
    assert slot_of(context).return_url == ""
    assert stripe.details[session["id"]] == {"email": "a@example.com"}


def test_settings_that_changed_after_a_claim_do_not_make_a_second_session(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context)
    changed = replace(context, settings=replace(context.settings, verification_flow="vf_new"))
    opened(changed)
    assert len(at_stripe(stripe)) == 1


def test_a_saved_500_is_left_behind_by_the_same_request(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "saved_500")
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert len(set(stripe.keys)) == 2
    assert stripe.created_with[session["id"]]["metadata"]["countersign_slot"] == "1.1"


def test_a_stripe_that_fails_for_a_whole_day_locks_nobody_out(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    for _ in range(24):
        for _ in range(4):
            stripe.fails("create", "saved_500")
        problem = refusal(opened, context)
        assert (problem.status, problem.code) == (503, "stripe_unavailable")
        stripe.faults.clear()
        clock.advance(3600)
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert opened(context)["id"] == session["id"]


def test_one_saved_500_is_never_asked_for_again_all_day(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    """Every key is asked once: Stripe would repeat its failure for a day."""
    for _ in range(5):
        stripe.fails("create", "saved_500", "saved_500", "saved_500")
        refusal(opened, context)
        clock.advance(60)
    assert len(stripe.keys) == len(set(stripe.keys))


def test_a_session_that_was_made_by_a_failing_call_is_adopted(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "saved_500_made")
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert session["client_secret"]
    assert stored(context, session["id"]).user == USER
    assert stripe.calls.count("create") == 1


def test_an_adopted_session_is_stored_before_it_is_asked_for(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "saved_500_made")
    stripe.fails("retrieve", "down")
    refusal(opened, context)
    (session_id,) = at_stripe(stripe)
    assert stored(context, session_id).user == USER


def test_a_session_of_another_attempt_is_not_adopted(context: Context, stripe: FakeStripe) -> None:
    first = opened(context)["id"]
    stripe.cancel(first)
    stripe.fails("create", "saved_500")
    second = opened(context)["id"]
    assert second != first
    assert stored(context, second).attempt == 2


def test_a_session_of_another_product_is_not_adopted(context: Context, stripe: FakeStripe) -> None:
    foreign = {"client_reference_id": USER, "metadata": {"countersign_slot": "1.0"}}
    theirs = stripe.create(foreign, "their-key").body["id"]
    stripe.fails("create", "saved_500")
    assert opened(context)["id"] != theirs


def test_a_made_session_that_was_canceled_meanwhile_does_not_lock_out(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context)
    stripe.cancel(at_stripe(stripe)[0])
    session = opened_in_the_end(context)
    assert at_stripe(stripe)[1:] == [session["id"]]


@pytest.mark.parametrize("age", [23 * 3600 + 1, DAY + 1, 40 * DAY])
def test_an_old_claim_is_looked_up_before_it_is_tried_again(
    context: Context, stripe: FakeStripe, clock: Clock, age: int
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context)
    clock.advance(age)
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert stripe.calls.count("create") == 1


@pytest.mark.parametrize("age", [23 * 3600 + 1, DAY + 1])
def test_an_old_claim_that_made_nothing_is_created_under_a_new_key(
    context: Context, stripe: FakeStripe, clock: Clock, age: int
) -> None:
    stripe.fails("create", "down")
    refusal(opened, context)
    clock.advance(age)
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]
    assert len(set(stripe.keys)) == 2


def test_a_young_claim_is_tried_under_its_own_key(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context)
    clock.advance(23 * 3600)
    opened(context)
    assert len(set(stripe.keys)) == 1
    assert len(at_stripe(stripe)) == 1


def test_a_bound_session_is_found_however_old_its_claim_is(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    session_id = opened(context)["id"]
    clock.advance(90 * DAY)
    assert opened(context)["id"] == session_id


def test_a_key_that_was_used_otherwise_leads_to_the_session_or_to_a_new_key(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    refusal(opened, context)
    row = context.table._client.rows[slot_of(context).pk]  # type: ignore[attr-defined]
    row["create_params"]["M"]["type"] = {"S": "id_number"}
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]


def test_parameters_that_stripe_refuses_are_the_deployments_fault_and_can_be_changed(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "refused")
    problem = refusal(opened, context)
    assert (problem.status, problem.code) == (500, "verification_misconfigured")
    assert at_stripe(stripe) == []
    better = replace(context, settings=replace(context.settings, verification_flow="vf_1"))
    session_id = opened(better)["id"]
    assert stripe.created_with[session_id]["verification_flow"] == "vf_1"
    assert len(set(stripe.keys)) == 2


def test_a_session_that_was_made_before_its_parameters_were_refused_is_adopted(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost", "refused")
    refusal(opened, context)
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]


def test_details_that_come_when_the_visitor_has_submitted_are_tried_again(
    context: Context, stripe: FakeStripe
) -> None:
    """Stripe refuses the update for the session's state, and the retry tells which it is."""
    session_id = opened(context)["id"]
    stripe.fails("update", "refused")
    problem = refusal(opened, context, details={"email": "a@example.com"})
    assert (problem.status, problem.code) == (409, "request_in_progress")
    stripe.submit(session_id)
    problem = refusal(opened, context, details={"email": "a@example.com"})
    assert (problem.status, problem.code) == (409, "verification_in_progress")


def test_a_request_that_is_still_running_at_stripe_is_said_to_be_in_progress(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "busy")
    problem = refusal(opened, context)
    assert (problem.status, problem.code) == (409, "request_in_progress")
    assert int(problem.headers["Retry-After"]) > 0
    session = opened(context)
    assert at_stripe(stripe) == [session["id"]]


@pytest.mark.parametrize("call", ["retrieve", "update", "list"])
def test_whatever_call_fails_the_next_request_gets_the_one_session(
    context: Context, stripe: FakeStripe, call: str
) -> None:
    first: Fault = "saved_500_made" if call == "list" else "lost"
    stripe.fails("create", first)
    stripe.fails(call, "down")
    session = opened_in_the_end(context, details={"email": "jenny@example.com"})
    assert at_stripe(stripe) == [session["id"]]
    assert stripe.details[session["id"]] == {"email": "jenny@example.com"}


def test_a_failing_retrieve_keeps_the_session(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.fails("retrieve", "unsaved_500", "down")
    assert refusal(opened, context).status == 503
    assert refusal(opened, context).status == 503
    assert opened(context)["id"] == session_id
