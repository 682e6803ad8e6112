"""An operator who has reconciliation look for what was missed, and the ticks of its schedule."""

import time
from typing import Any

from countersign.aws.items import Item
from tests.faults.cast import Cast
from tests.faults.ledger import compare, stored
from tests.faults.publisher import invoke
from tests.faults.stage import PATIENCE, Stage

FUNCTION = "Reconciliation"
_TICKS = 30
_LEASE = "reconciliation"


def repair(cast: Cast, from_at: int) -> None:
    """Have everything read that happened since a time, and count what was missing until then."""
    missing = len(compare(cast).lost)
    reconcile(cast, from_at)
    cast.repaired += missing - len(compare(cast).lost)


def reconcile(cast: Cast, from_at: int) -> None:
    """Have everything read that happened since a time. The operator asks again when nothing of the
    call was stored; what was stored is for the next ticks of the schedule to end.
    """
    asked = {"reconcile": {"from": from_at, "to": int(time.time()) + 1}}
    for _ in range(_TICKS):
        done = _attempt(cast.stage, asked)
        if done.get("status") == "done":
            return
        # A refusal has a status too, which is a number: nothing was changed, and it is asked again.
        if done.get("status") == "running" or _waiting(cast.stage):
            _finish(cast.stage)
            return
    raise AssertionError(f"nobody could reconcile: {done}")


def tick(stage: Stage) -> None:
    """Let the schedule tick once."""
    _expire_lease(stage)
    invoke(stage, FUNCTION, {"reconcile": {}})


def _finish(stage: Stage) -> None:
    """Let the schedule tick until no run waits."""
    ends_at = time.monotonic() + 2 * PATIENCE
    while _waiting(stage):
        assert time.monotonic() < ends_at, "a run never ended"
        _attempt(stage, {"reconcile": {}})


def _attempt(stage: Stage, payload: dict[str, Any]) -> Item:
    """What the function returns, nothing if it failed. A killed runner's lease has run out by the time
    of the next one, as it has after some minutes.
    """
    _expire_lease(stage)
    try:
        return dict(invoke(stage, FUNCTION, payload))
    except AssertionError:
        return {}


def _waiting(stage: Stage) -> set[str]:
    return set((stored(stage, "OperationsTable", _LEASE) or {}).get("runs", ()))


def _expire_lease(stage: Stage) -> None:
    stage.client("dynamodb").update_item(
        TableName=stage.tables["OperationsTable"],
        Key={"pk": {"S": _LEASE}},
        UpdateExpression="REMOVE lease_until",
    )
