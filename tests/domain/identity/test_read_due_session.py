"""Sessions that stay open are read again, whoever else reads them and whatever fails."""

import pytest

from countersign.aws.due_index import DAY, HOUR, SHARDS
from countersign.aws.redate import RETRY
from countersign.identity.read_due_session import read_due_session
from countersign.problems import Problem, Unavailable
from tests.support.crashes import every_crash, fused
from tests.support.threads import at_once
from tests.support.visits import World


def due(world: World) -> dict[str, int]:
    """What is due now, each with its time."""
    table, now = world.context.table, world.clock()
    return {pk: at for shard in SHARDS for pk, at in table.due(shard, now, 100).items()}


def read_all(world: World) -> list[bool]:
    """Read what is due: of each whether Stripe knew more than was stored."""
    return [read_due_session(world.context, pk, at) for pk, at in due(world).items()]


def test_a_session_whose_webhook_never_came_is_repaired_within_the_hour(world: World) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.clock.advance(HOUR - 1)
    assert due(world) == {}
    world.clock.advance(1)
    assert read_all(world) == [True]
    assert world.stored(session_id).status == "verified"
    world.clock.advance(40 * DAY)
    assert due(world) == {}


@pytest.mark.exhaustive  # each read of 30 days
def test_a_session_that_stays_open_is_read_for_30_days(world: World) -> None:
    session_id = world.open()
    begun = world.clock.now
    times = []
    for _ in range(31 * 24):
        world.clock.advance(HOUR)
        if due(world):
            times.append((world.clock.now - begun) / HOUR)
            assert read_all(world) == [False]
            assert due(world) == {}
    assert times == [1, 6, *range(24, 30 * 24 + 1, 24)]
    assert world.stored(session_id).status == "requires_input"


def test_a_session_at_the_limit_of_checks_is_canceled_by_its_read() -> None:
    world = World(max_verification_attempts=2)
    session_id = world.open()
    for wait in (HOUR, 5 * HOUR):
        assert world.stripe.sessions[session_id]["status"] == "requires_input"
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        world.clock.advance(wait)
        assert read_all(world) == [True]
    assert world.stripe.sessions[session_id]["status"] == "canceled"
    assert world.stored(session_id).status == "canceled"
    assert world.stored(session_id).due_at is None


def test_a_session_that_stripe_does_not_serve_comes_again_and_holds_up_no_other(
    world: World,
) -> None:
    stuck, other = world.open("user_1"), world.open("user_2")
    world.verify(other)
    world.clock.advance(HOUR)
    found = due(world)
    world.stripe.fails("retrieve", "down")
    with pytest.raises(Unavailable):
        read_due_session(world.context, f"session#{stuck}", found[f"session#{stuck}"])
    assert read_due_session(world.context, f"session#{other}", found[f"session#{other}"])
    assert due(world) == {}
    world.clock.advance(RETRY)
    assert due(world).keys() == {f"session#{stuck}"}


def test_a_session_that_stripe_does_not_know_is_asked_for_at_its_times_only(world: World) -> None:
    session_id = world.open()
    world.stripe.forget(session_id)
    world.clock.advance(HOUR)
    assert read_all(world) == [False]
    world.clock.advance(5 * HOUR - 1)
    assert due(world) == {}
    world.clock.advance(1)
    assert read_all(world) == [False]
    world.clock.advance(40 * DAY)
    assert read_all(world) == [False]
    world.clock.advance(DAY)
    assert due(world) == {}


def test_of_several_readers_one_asks_stripe(world: World) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.clock.advance(HOUR)
    ((pk, at),) = due(world).items()
    before = world.stripe.calls.count("retrieve")
    results = at_once([lambda: read_due_session(world.context, pk, at)] * 8)
    assert sorted(results) == [False] * 7 + [True]
    assert world.stripe.calls.count("retrieve") == before + 1


def test_a_reader_that_dies_anywhere_leaves_the_session_due_or_read() -> None:
    worlds: list[World] = []

    def work(fuse: object) -> None:
        world = World()
        worlds.append(world)
        world.verify(world.open())
        world.clock.advance(HOUR)
        ((pk, at),) = due(world).items()
        read_due_session(fused(world.context, fuse), pk, at)  # type: ignore[arg-type]

    for at in every_crash(work):
        world = worlds[-1]
        (session_id,) = world.at_stripe()
        world.clock.advance(RETRY)
        read_all(world)
        assert world.stored(session_id).status == "verified", at
        assert due(world) == {}, at


def test_a_read_that_stripe_refuses_is_told_and_comes_again(world: World) -> None:
    world.open()
    world.clock.advance(HOUR)
    world.stripe.fails("retrieve", "refused")
    with pytest.raises(Problem):
        read_all(world)
    world.clock.advance(RETRY)
    assert read_all(world) == [False]
