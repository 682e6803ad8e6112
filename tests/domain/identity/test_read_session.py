"""Reading a session: as it is stored, and from Stripe while it is open, at growing intervals."""

from collections import deque
from typing import Any

import pytest

from countersign.identity.read_session import (
    read_current_session_id,
    read_own_session,
    read_session,
)
from countersign.identity.refresh_session import refresh_session
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from tests.support.stripe_objects import erased, session_object
from tests.support.threads import at_once
from tests.support.visits import OTHER_USER, USER, World, refusal, refused

NOT_FOUND = (404, "verification_session_not_found")


def reads(world: World) -> int:
    return world.stripe.calls.count("retrieve")


def read(world: World, session_id: str, user: str = USER) -> Session:
    """As the page's polling does."""
    return refresh_session(world.context, read_own_session(world.context, user, session_id))


def test_a_session_belongs_to_its_user_alone(world: World) -> None:
    session_id = world.open()
    assert read_own_session(world.context, USER, session_id).user == USER
    problem = refusal(read_own_session, world.context, OTHER_USER, session_id)
    assert (problem.status, problem.code) == NOT_FOUND
    unknown = refusal(read_own_session, world.context, USER, "vs_unknown")
    assert unknown.as_dict() == problem.as_dict()


def test_a_session_without_an_owner_belongs_to_no_user(world: World) -> None:
    store_snapshot(world.context.table, Snapshot.from_read(erased(session_object()), None))
    assert refused(read_own_session, world.context, USER, "vs_1") == NOT_FOUND
    assert read_session(world.context, "vs_1").status == "redacted"
    assert refused(read_session, world.context, "vs_unknown") == NOT_FOUND


def test_the_current_session_is_the_last_one_that_was_begun(world: World) -> None:
    world.stripe.fails("create", "down")
    assert refused(read_current_session_id, world.context, USER) == NOT_FOUND
    world.refused()
    assert refused(read_current_session_id, world.context, USER) == NOT_FOUND
    first = world.open()
    assert read_current_session_id(world.context, USER) == first
    world.stripe.cancel(first)
    assert read_current_session_id(world.context, USER) == first
    second = world.open()
    assert read_current_session_id(world.context, USER) == second
    assert refused(read_current_session_id, world.context, OTHER_USER) == NOT_FOUND


def test_the_page_is_right_before_the_webhook_which_then_changes_nothing(world: World) -> None:
    session_id = world.open()
    world.clock.advance(10)
    world.stripe.submit(session_id)
    world.clock.advance(3)
    assert read(world, session_id).status == "processing"
    world.stripe.verify(session_id)
    world.clock.advance(3)
    assert read(world, session_id).status == "verified"
    world.hear()
    session = world.stored(session_id)
    assert session.status == "verified"
    assert len({mark.partition(":")[0] for mark in session.reports}) == 1


def test_stripe_is_asked_at_growing_intervals_for_each_session(world: World) -> None:
    session_id, other = world.open(), world.open("user_2")
    begun, moments = world.clock(), []
    for _ in range(100):
        before = reads(world)
        read(world, session_id)
        if reads(world) > before:
            moments.append(world.clock() - begun)
        world.clock.advance(1)
    assert moments == [0, 3, 9, 21, 45, 93]
    before = reads(world)
    read(world, other, OTHER_USER)
    assert reads(world) == before + 1


def test_a_read_before_it_is_time_writes_nothing(world: World) -> None:
    session_id = world.open()
    read(world, session_id)
    world.dynamodb.failures["UpdateItem"] = deque(["AccessDeniedException"])
    assert read(world, session_id).status == "requires_input"
    assert world.dynamodb.failures["UpdateItem"]


def test_opening_the_session_again_restarts_the_intervals(world: World) -> None:
    session_id = world.open()
    for _ in range(300):
        read(world, session_id)
        world.clock.advance(1)
    before = reads(world)
    read(world, session_id)
    assert reads(world) == before
    world.open()
    before = reads(world)
    read(world, session_id)
    assert reads(world) == before + 1


@pytest.mark.parametrize("ending", ["verified", "canceled", "redacted"])
def test_stripe_is_not_asked_about_a_session_that_has_ended(world: World, ending: str) -> None:
    session_id = world.open()
    if ending == "verified":
        world.verify(session_id)
    elif ending == "canceled":
        world.stripe.cancel(session_id)
    else:
        world.redact(session_id)
    world.hear()
    world.clock.advance(1000)
    before = reads(world)
    assert read(world, session_id).status == ending
    assert reads(world) == before


@pytest.mark.parametrize("fault", ["down", "unsaved_500", "refused"])
def test_a_stripe_that_does_not_answer_leaves_the_stored_session(world: World, fault: Any) -> None:
    session_id = world.open()
    world.clock.advance(10)
    world.stripe.submit(session_id)
    world.stripe.fails("retrieve", fault)
    assert read(world, session_id).status == "requires_input"
    world.clock.advance(4)
    assert read(world, session_id).status == "processing"


def test_a_session_that_is_gone_at_stripe_is_shown_as_it_was(world: World) -> None:
    session_id = world.open()
    world.stripe.forget(session_id)
    assert read(world, session_id).status == "requires_input"


def test_one_of_many_readers_asks_each_time(world: World) -> None:
    session_id = world.open()
    for turn in (1, 2):
        session = read_own_session(world.context, USER, session_id)
        results = at_once([lambda session=session: refresh_session(world.context, session)] * 12)  # type: ignore[misc]
        assert {result.status for result in results} == {"requires_input"}
        assert reads(world) == turn
        world.clock.advance(7)
