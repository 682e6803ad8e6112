"""Sessions that have ended: how long they are kept, and how many a user may open."""

from collections import Counter

import pytest

from countersign.identity.open_session import SESSIONS_A_DAY
from countersign.identity.read_session import read_current_session_id, read_own_session
from countersign.identity.snapshot import KEEP_ENDED
from countersign.problems import Problem
from tests.support.threads import at_once
from tests.support.visits import USER, World, refused

DAY = 24 * 3600
NOT_FOUND = (404, "verification_session_not_found")
TOO_MANY = (429, "too_many_requests")


def test_no_event_of_its_history_brings_an_ended_session_back(world: World) -> None:
    """Stripe lists events for 30 days, and Countersign hears them on any of these."""
    session_id = world.open()
    world.stripe.submit(session_id)
    world.stripe.fail(session_id)
    world.stripe.cancel(session_id)
    for day in (0, 2, 29):
        world.clock.advance(day * DAY)
        world.hear(session_id)
        assert world.stored(session_id).status == "canceled"
    assert read_own_session(world.context, USER, session_id).status == "canceled"
    expires_at = world.stored(session_id).expires_at
    assert expires_at is not None
    assert expires_at >= world.clock() - (2 + 29) * DAY + KEEP_ENDED
    world.clock.now = expires_at
    # DynamoDB has not deleted it yet.
    assert refused(read_own_session, world.context, USER, session_id) == NOT_FOUND


def test_a_verified_session_stays(world: World) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.hear()
    world.clock.advance(100 * DAY)
    assert read_own_session(world.context, USER, session_id).status == "verified"


def test_a_user_may_open_so_many_sessions_on_a_day(world: World) -> None:
    for _ in range(SESSIONS_A_DAY):
        world.stripe.cancel(world.open())
        world.clock.advance(1)
    problem = world.refusal()
    assert (problem.status, problem.code) == TOO_MANY
    assert len(world.at_stripe()) == SESSIONS_A_DAY
    wait = int(problem.headers["Retry-After"])
    world.clock.advance(wait - 1)
    assert world.refused() == TOO_MANY
    world.clock.advance(1)
    assert world.open() not in (None, world.slot().earlier[0])
    assert world.slot().opened == 1


def test_requests_at_the_same_moment_open_no_more_than_the_day_allows(world: World) -> None:
    for _ in range(SESSIONS_A_DAY - 1):
        world.stripe.cancel(world.open())
    results = at_once([world.open] * 8)
    refusals = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(entry, Problem) for entry in refusals), refusals
    assert len(Counter(str(result) for result in results if isinstance(result, str))) == 1
    assert len(world.at_stripe()) == SESSIONS_A_DAY


@pytest.mark.parametrize("fault", ["down", "saved_500"])
def test_there_is_always_a_current_session_while_the_next_is_created(
    world: World, fault: str
) -> None:
    assert refused(read_current_session_id, world.context, USER) == NOT_FOUND
    first = world.open()
    world.stripe.cancel(first)
    world.stripe.fails("create", fault)  # type: ignore[arg-type]
    world.stripe.fails("list", "down")
    assert world.refused()[0] == 503
    assert world.slot().session_id is None
    assert read_current_session_id(world.context, USER) == first
