"""A table of sessions that was lost, or is an old one, is rebuilt from Stripe."""

import copy
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.table import Table
from countersign.identity.rebind_slot import Numbered, rebind_slot
from countersign.identity.rebuild_sessions import rebuild_sessions
from countersign.identity.slots import EARLIER, Slot, advance, load, release, slot_key
from countersign.problems import Unavailable
from tests.support.crashes import every_crash, fused
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.threads import at_once
from tests.support.visits import OTHER_USER, USER, World

OTHER = "user_2"


def lived() -> World:
    """A user with a canceled and an open session, another who is verified, all of it heard."""
    world = World()
    first = world.open()
    world.stripe.cancel(first)
    world.clock.advance(5)
    world.open()
    world.verify(world.open(OTHER))
    world.hear()
    world.clock.advance(60)
    return world


def lose(world: World) -> None:
    world.dynamodb.rows.clear()


def rebuild(world: World) -> tuple[int, int]:
    """Rebuild it all, and return what was found and repaired."""
    found = repaired = 0
    after: str | None = None
    while True:
        page = rebuild_sessions(world.context, after)
        found, repaired, after = found + page.found, repaired + page.repaired, page.next
        if after is None:
            return found, repaired


def states(world: World) -> dict[str, tuple[str, str | None, int | None]]:
    sessions = {each: world.stored(each) for each in world.stripe.sessions}
    return {each: (kept.status, kept.user, kept.attempt) for each, kept in sessions.items()}


def test_sessions_and_slots_are_as_before() -> None:
    world = lived()
    before, slots = states(world), (world.slot(), world.slot(OTHER))
    lose(world)
    assert rebuild(world) == (3, 3)
    assert states(world) == before
    for slot, old in zip((world.slot(), world.slot(OTHER)), slots, strict=True):
        assert (slot.attempt, slot.generation) == (old.attempt, old.generation)
        assert (slot.session_id, slot.earlier) == (old.session_id, old.earlier)
    world.clock.advance(60)
    assert rebuild(world) == (3, 0)


def test_a_user_still_has_one_session_and_who_is_verified_stays_so() -> None:
    world = lived()
    open_session = world.slot().session_id
    lose(world)
    rebuild(world)
    assert world.open() == open_session
    assert world.refused(OTHER) == (409, "already_verified")
    assert len(world.stripe.sessions) == 3


def test_the_next_session_of_a_user_gets_the_next_number() -> None:
    world = lived()
    last = world.slot()
    lose(world)
    rebuild(world)
    world.stripe.cancel(str(last.session_id))
    world.open()
    assert world.slot().attempt == last.attempt + 1
    assert world.slot().earlier[0] == last.session_id


def test_an_older_table_is_brought_up_to_date() -> None:
    world = World()
    first = world.open()
    old = copy.deepcopy(world.dynamodb.rows)
    world.stripe.cancel(first)
    world.clock.advance(10)
    second = world.open()
    world.verify(second)
    world.clock.advance(60)
    world.dynamodb.rows.clear()
    world.dynamodb.rows.update(old)
    assert rebuild(world) == (2, 2)
    assert world.stored(first).status == "canceled"
    assert world.stored(second).status == "verified"
    assert world.refused() == (409, "already_verified")
    assert (world.slot().attempt, world.slot().earlier) == (2, (first,))


def test_sessions_of_others_at_the_same_account_are_left_alone() -> None:
    world = lived()
    stranger = next(iter(world.stripe.sessions))
    world.stripe.sessions[stranger]["metadata"]["countersign"] = f"{DEPLOYMENT}-2"
    lose(world)
    assert rebuild(world)[0] == 2
    assert f"session#{stranger}" not in world.rows()


def test_a_rebuild_is_resumed_where_stripe_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = lived()
    monkeypatch.setattr("countersign.identity.rebuild_sessions.LONGEST_PAGE", 1)
    before = states(world)
    lose(world)
    page = rebuild_sessions(world.context, None)
    assert page.next is not None
    world.stripe.fails("list", "down")
    with pytest.raises(Unavailable):
        rebuild_sessions(world.context, page.next)
    while page.next is not None:
        page = rebuild_sessions(world.context, page.next)
    assert states(world) == before


@pytest.mark.exhaustive  # dies after each call
def test_a_rebuild_that_is_killed_anywhere_is_done_by_the_next() -> None:
    whole = lived()
    expected = states(whole)

    def work(fuse: Any) -> None:
        lose(whole)
        rebuild_sessions(fused(whole.context, fuse), None)

    for at in every_crash(work):
        rebuild(whole)
        assert states(whole) == expected, at
        assert whole.slot().attempt == 2, at


@pytest.mark.exhaustive  # threads
def test_two_rebuilds_and_a_visitor_at_once_end_with_one_session() -> None:
    for _ in range(20):
        world = lived()
        open_session = world.slot().session_id
        lose(world)
        at_once([partial(rebuild, world), partial(rebuild, world), world.open])
        rebuild(world)
        assert world.slot().session_id == open_session
        assert world.slot().attempt == 2


@given(st.permutations(range(1, 9)), st.integers(1, 8))
def test_a_slot_is_the_same_whatever_order_its_sessions_come_in(
    order: list[int], number: int
) -> None:
    client: Any = QuickDynamoDB()
    table = Table("quick", client)
    for attempt in order[:number]:
        rebind_slot(table, USER, Numbered(f"vs_{attempt}", attempt, 0, attempt))
        rebind_slot(table, OTHER_USER, Numbered("vs_other", 1, 0, 1))
    slot = load(table, slot_key(USER))
    assert slot is not None
    latest = max(order[:number])
    assert (slot.session_id, slot.attempt) == (f"vs_{latest}", latest)
    assert len(slot.earlier) == min(number - 1, EARLIER)
    other = load(table, slot_key(OTHER_USER))
    assert other is not None
    assert other.session_id == "vs_other"


def test_a_slot_that_waits_for_other_parameters_keeps_its_number() -> None:
    """Its user has had more sessions than a slot remembers, and Stripe has refused the last try."""
    world = World()
    for _ in range(EARLIER + 3):
        world.stripe.cancel(world.open())
        world.hear()
        world.clock.advance(5)
    ended, table = world.slot(), world.context.table
    claimed = advance(table, ended, Slot(ended.pk, create_params={"type": "document"}))
    freed = release(table, claimed)
    assert (freed.attempt, freed.generation, freed.session_id) == (EARLIER + 4, 1, None)
    rebuild(world)
    assert world.slot() == freed
