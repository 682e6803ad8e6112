"""A request repeated under its `Idempotency-Key` gets the session of the first, if it is open."""

import pytest

from countersign.identity.open_session import reopen_session
from tests.support.visits import OTHER_USER, USER, World, refused

CLOSED = (409, "verification_session_closed")


def test_a_repeated_request_gets_the_session_with_a_fresh_secret(world: World) -> None:
    first = world.opened()
    again = reopen_session(world.context, USER, first["id"])
    assert again["id"] == first["id"]
    assert again["client_secret"] != first["client_secret"]


@pytest.mark.parametrize("ending", ["cancel", "forget"])
def test_a_session_that_has_ended_is_closed(world: World, ending: str) -> None:
    session_id = world.open()
    getattr(world.stripe, ending)(session_id)
    assert refused(reopen_session, world.context, USER, session_id) == CLOSED


def test_a_repeated_request_gets_its_own_session_or_none(world: World) -> None:
    first = world.open()
    world.stripe.cancel(first)
    second = world.open()
    assert refused(reopen_session, world.context, USER, first) == CLOSED
    assert reopen_session(world.context, USER, second)["id"] == second
    assert refused(reopen_session, world.context, OTHER_USER, second) == CLOSED


@pytest.mark.parametrize("state", ["processing", "verified"])
def test_a_repeated_request_is_refused_as_the_first_would_be(world: World, state: str) -> None:
    session_id = world.open()
    world.stripe.submit(session_id)
    if state == "verified":
        world.stripe.verify(session_id)
    assert refused(reopen_session, world.context, USER, session_id) == world.refused()


def test_a_repeated_request_is_held_to_the_limit_of_all_attempts(world: World) -> None:
    world.configure(max_verification_attempts=3)
    first = world.open()
    world.complete(first, times=2)
    world.stripe.cancel(first)
    second = world.open()
    world.complete(second)
    for problem in (world.refused(), refused(reopen_session, world.context, USER, second)):
        assert problem == (429, "too_many_attempts")
