"""The limit of completed checks within a day."""

from typing import Any

import pytest

from countersign.identity.attempts import WINDOW
from countersign.identity.limit_checks import MOST_HANDOUTS
from countersign.identity.open_session import reopen_session
from countersign.identity.refresh_session import refresh_session
from countersign.problems import Unavailable
from tests.support.clock import START
from tests.support.stripe_objects import thin
from tests.support.visits import USER, World, refused

ALLOWED = 3
TOO_MANY = (429, "too_many_attempts")


@pytest.fixture
def world() -> World:
    return World(max_verification_attempts=ALLOWED)


def last_check(world: World) -> dict[str, Any]:
    """The event of the last check that a user may have, which has failed and is not heard of."""
    session_id = world.open()
    world.complete(session_id, times=ALLOWED - 1)
    world.stripe.submit(session_id)
    world.stripe.fail(session_id)
    return world.stripe.bodies(session_id)[-1]


@pytest.mark.parametrize("heard", [True, False])
def test_the_allowed_number_of_checks_is_allowed_whether_heard_or_read(
    world: World, heard: bool
) -> None:
    session_id = world.open()
    for _ in range(ALLOWED):
        assert world.open() == session_id
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        world.clock.advance(10)
        if heard:
            world.hear()
    assert world.refused() == TOO_MANY


def test_retry_after_says_exactly_when_the_next_check_is_allowed(world: World) -> None:
    session_id = world.open()
    world.complete(session_id, times=ALLOWED)
    world.clock.now = START + 100
    wait = int(world.refusal().headers["Retry-After"])
    assert wait == WINDOW - 100
    world.clock.advance(wait - 1)
    assert world.refusal().headers["Retry-After"] == "1"
    world.clock.advance(1)
    assert world.open() != session_id


@pytest.mark.parametrize("style", [dict, thin])
def test_secrets_that_were_hoarded_before_the_limit_are_worth_nothing_after_it(
    world: World, style: Any
) -> None:
    session_id = world.open()
    hoarded = [world.opened()["client_secret"] for _ in range(12)]
    assert len(set(hoarded)) == 12
    done = 0
    for _ in hoarded:
        if world.stripe.sessions[session_id]["status"] != "requires_input":
            break
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        done += 1
        world.clock.advance(1)
        for body in world.stripe.bodies(session_id):
            world.receive(style(body))
    assert done == ALLOWED
    world.hear(session_id)
    assert world.stored(session_id).status == "canceled"
    assert world.refused() == TOO_MANY


def test_the_event_of_the_last_check_comes_again_until_the_session_is_canceled(
    world: World,
) -> None:
    last = last_check(world)
    world.stripe.fails("cancel", "down")
    with pytest.raises(Unavailable):
        world.receive(last)
    assert world.receive(last) == "duplicate"
    assert world.stripe.sessions[last["data"]["object"]["id"]]["status"] == "canceled"


def test_the_event_of_the_last_check_comes_again_while_an_earlier_cancel_runs(
    world: World,
) -> None:
    last = last_check(world)
    world.stripe.fails("cancel", "busy")
    with pytest.raises(Unavailable) as unavailable:
        world.receive(last)
    assert unavailable.value.code == "stripe_unavailable"
    assert int(unavailable.value.headers["Retry-After"]) > 0
    assert world.receive(last) == "duplicate"
    assert world.stored(last["data"]["object"]["id"]).status == "canceled"


@pytest.mark.parametrize("ended", [False, True])
def test_the_event_of_the_last_check_is_received_though_the_next_has_begun(
    world: World, ended: bool
) -> None:
    """With a secret of before: Stripe then cancels nothing, and there is nothing to try again."""
    last = last_check(world)
    session_id = last["data"]["object"]["id"]
    world.clock.advance(5)
    if ended:
        world.verify(session_id)
    else:
        world.stripe.submit(session_id)
    world.clock.advance(3)
    assert world.receive(last) == "applied"
    assert world.stored(session_id).status == ("verified" if ended else "processing")


def test_a_page_that_reads_the_last_check_first_ends_the_session_too(world: World) -> None:
    session_id = world.open()
    world.complete(session_id, times=ALLOWED - 1)
    world.stripe.submit(session_id)
    world.stripe.fail(session_id)
    assert refresh_session(world.context, world.stored(session_id)).status == "canceled"
    assert world.stripe.sessions[session_id]["status"] == "canceled"


def test_more_secrets_than_a_visitor_needs_end_their_session_and_begin_the_next(
    world: World,
) -> None:
    first = world.open()
    for _ in range(MOST_HANDOUTS):
        assert world.open() == first
    second = world.open()
    assert second != first
    assert world.stripe.sessions[first]["status"] == "canceled"
    # A check begins the count anew: the visitor is using what was handed out.
    for _ in range(MOST_HANDOUTS):
        world.open()
    world.complete(second)
    assert world.open() == second


def test_a_repeated_key_hoards_no_secrets_either(world: World) -> None:
    session_id = world.open()
    for _ in range(MOST_HANDOUTS):
        assert reopen_session(world.context, USER, session_id)["id"] == session_id
    problem = refused(reopen_session, world.context, USER, session_id)
    assert problem == (409, "verification_session_closed")
    assert world.stripe.sessions[session_id]["status"] == "canceled"


def test_a_visit_that_ended_before_a_check_is_not_counted(world: World) -> None:
    session_id = world.open()
    for _ in range(ALLOWED * 2):
        world.stripe.fail(session_id, "consent_declined")
        world.clock.advance(1)
        assert world.open() == session_id


def test_duplicates_and_reads_of_one_check_count_once(world: World) -> None:
    session_id = world.open()
    for _ in range(ALLOWED * 2):
        world.hear(session_id)
        world.open()
        world.clock.advance(60)
    world.complete(session_id, times=ALLOWED - 1)
    assert world.open() == session_id


@pytest.mark.parametrize("allowed", [ALLOWED, 9])
def test_checks_of_all_earlier_sessions_count(world: World, allowed: int) -> None:
    world.configure(max_verification_attempts=allowed)
    for _ in range(allowed):
        session_id = world.open()
        world.complete(session_id)
        if world.stripe.sessions[session_id]["status"] != "canceled":
            world.stripe.cancel(session_id)
    assert world.refused() == TOO_MANY
    assert len(world.at_stripe()) == allowed


def test_neither_a_redaction_nor_a_deletion_resets_the_count(world: World) -> None:
    session_id = world.open()
    world.complete(session_id, times=ALLOWED - 1)
    world.stripe.submit(session_id)
    world.stripe.fail(session_id)
    world.stripe.redact(session_id)
    assert world.refused() == TOO_MANY
    world.stripe.finish_redaction(session_id)
    assert world.refused() == TOO_MANY
    world.stripe.forget(session_id)
    assert world.refused() == TOO_MANY


def test_a_check_whose_event_comes_after_the_next_session_has_begun_counts(world: World) -> None:
    first = world.open()
    for _ in range(ALLOWED - 1):
        world.stripe.submit(first)
        world.stripe.fail(first)
        world.clock.advance(1)
    world.stripe.cancel(first)
    world.complete(world.open())
    world.hear(first)
    assert world.refused() == TOO_MANY


def test_checks_of_earlier_sessions_stop_counting_after_a_day(world: World) -> None:
    first = world.open()
    world.complete(first, times=ALLOWED)
    assert world.refused() == TOO_MANY
    world.clock.advance(WINDOW)
    assert world.open() != first
    assert world.slot().checks == frozenset()


def test_a_raised_limit_counts_at_once(world: World) -> None:
    session_id = world.open()
    world.complete(session_id, times=ALLOWED)
    assert world.refused() == TOO_MANY
    world.configure(max_verification_attempts=ALLOWED + 1)
    assert world.open() != session_id
