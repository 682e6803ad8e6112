"""Random histories of sessions whose webhooks come late, doubled, in any order or never: in the end
what is stored is what Stripe has, and no cursor ever passed what was not applied.
"""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.reconciliation import store
from countersign.reconciliation.windows import DELAY, HOUR
from tests.support.crashes import Fuse, Killed
from tests.support.histories import OWNERS, Command, History, histories
from tests.support.reconciling import LONG, Reconciling
from tests.support.threads import at_once


@dataclass(frozen=True)
class Tick:
    """A tick of the schedule after some seconds: killed at a call, or with time for so many
    requests, or beside another.
    """

    seconds: int
    killed_at: int
    after: bool
    requests: int
    beside: bool


TICKS = st.builds(
    Tick,
    seconds=st.sampled_from([60, 400, 600, 1200, 2 * HOUR]),
    killed_at=st.integers(0, 20),
    after=st.booleans(),
    requests=st.sampled_from([1, 2, 5, 1000]),
    beside=st.booleans(),
)


def perform(reconciling: Reconciling, tick: Tick) -> None:
    reconciling.clock.advance(tick.seconds)
    reconciling.left = LONG

    def spend() -> None:
        reconciling.left -= LONG / tick.requests

    reconciling.events.meanwhile = spend
    if tick.beside:
        at_once([reconciling.tick] * 2)
        return
    fuse = Fuse(tick.killed_at, after=tick.after) if tick.killed_at else None
    try:
        reconciling.tick(fuse)
    except Killed:
        reconciling.clock.advance(store.LEASE + 1)


def settle(reconciling: Reconciling) -> None:
    """The schedule goes on until it has read all that happened."""
    reconciling.events.meanwhile = lambda: None
    until = reconciling.clock()
    reconciling.clock.advance(HOUR + DELAY + 60)
    for _ in range(10):
        reconciling.left = LONG
        reconciling.tick()
        progress = reconciling.progress()
        if progress and progress.settled_to > until:
            return
        reconciling.clock.advance(HOUR)
    raise AssertionError("the cursor does not move")


@pytest.mark.usefixtures("deployment")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.tuples(histories(), TICKS), min_size=1, max_size=4),
    late=st.lists(st.sampled_from([0, 0, 900, 2400, HOUR - 60]), max_size=40),
    is_deaf=st.booleans(),
    lost=st.lists(st.integers(0, 40), max_size=20),
)
def test_whatever_is_lost_is_found(
    parts: list[tuple[list[Command], Tick]], late: list[int], lost: list[int], *, is_deaf: bool
) -> None:
    """With `is_deaf`, no webhook at all arrives."""
    reconciling = Reconciling()
    reconciling.tick()
    world = reconciling.world
    history = History(world.context, world.stripe, world.clock)
    for commands, tick in parts:
        for name, which, choice in commands:
            if is_deaf:
                history.on_the_way.clear()
            getattr(history, f"_{name}")(which, choice)
        for position in lost:
            if history.on_the_way:
                history.on_the_way.pop(position % len(history.on_the_way))
        for event, seconds in zip(world.stripe.events, late, strict=False):
            reconciling.events.late.setdefault(event["id"], event["created"] + seconds)
        perform(reconciling, tick)
        assert reconciling.unapplied() == []
        history._look()
    history.on_the_way.clear()  # nothing more is told by any webhook
    settle(reconciling)
    assert reconciling.unapplied() == []
    for number in range(len(OWNERS)):
        assert history.known(number) == history.truth(number)
