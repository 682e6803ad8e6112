"""Back-pressure: a table that is throttled at any call of a run is waited for, or left to the next run,
and what the run repairs has its effect once.
"""

from collections import deque

import pytest
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.reconciliation.run import PAUSES
from countersign.reconciliation.windows import DELAY
from tests.support.reconciling import LONG, Reconciling
from tests.support.watched_dynamodb import WatchedDynamoDB

TOLD = ["identity.processing", "identity.verified"]


def watched(reconciling: Reconciling) -> WatchedDynamoDB:
    """The table of the sessions, in place of the plain one."""
    dynamodb = WatchedDynamoDB("identity")
    world = reconciling.world
    world.context = replace(world.context, table=Table("identity", dynamodb))  # type: ignore[arg-type]
    return dynamodb


def test_a_table_that_is_throttled_at_any_call_is_waited_for(reconciling: Reconciling) -> None:
    dynamodb = watched(reconciling)
    for step in range(1, 50):
        session_id = reconciling.world.open(f"user_{step}")
        reconciling.world.verify(session_id)
        reconciling.clock.advance(DELAY + 10)
        reconciling.left, reconciling.elapsed = LONG, 0
        dynamodb.begin(step)
        assert reconciling.tick()
        assert dynamodb.told == TOLD
        if not dynamodb.was_throttled:
            break
        assert reconciling.elapsed >= PAUSES[0]
    assert 1 < step < 49


@pytest.mark.parametrize("calls", [1, 2])
def test_a_table_that_stays_throttled_leaves_the_rest_to_the_next_run(
    reconciling: Reconciling, calls: int
) -> None:
    dynamodb = watched(reconciling)
    session_id = reconciling.world.open()
    reconciling.world.verify(session_id)
    reconciling.clock.advance(DELAY + 10)
    dynamodb.begin(None)
    dynamodb.failures = {"UpdateItem": _always(), "BatchGetItem": _always(calls - 1)}
    reconciling.tick()
    assert dynamodb.told == []
    dynamodb.failures = {}
    reconciling.left = LONG
    reconciling.tick()
    assert dynamodb.told == TOLD


def _always(after: int = 0) -> deque[str]:
    """A throttle at each call, after so many that are served."""
    return deque([""] * after + ["ThrottlingException"] * 1000)
