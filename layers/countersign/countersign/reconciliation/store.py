"""The operations table: one lease, how far each account's events were read, and the runs.

The lease, the schedule's progress and the list of unfinished runs are one item. Who takes the lease
gets the next fencing number, and every write of theirs has the condition that it is still the
highest: a runner that was paused for longer than its lease moves nothing.
"""

import contextlib
from collections.abc import Collection

from msgspec import Struct

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.reconciliation.run_record import RunRecord, Status, run_key
from countersign.reconciliation.windows import Progress

LONGEST_INVOCATION = 300
"""Seconds: the function's `Timeout` in the template."""
CLOCK_SKEW = 240
"""Seconds by which a runner's clock may be wrong, either way."""
LEASE = LONGEST_INVOCATION + 2 * CLOCK_SKEW + 20
"""Seconds after which a runner that has not written anything has ended."""
MOST_WAITING = 20
"""Runs that may wait at a time. They are names in the item of the lease, and an invocation each."""

_LEASE_KEY = "reconciliation"
_MINE = "fence = :fence"


class LeaseLost(Exception):
    """Another runner has taken the lease since."""


class Lease(Struct, frozen=True):
    """The lease as it was taken: its fencing number, and what stands beside it."""

    fence: int
    progress: Progress | None
    waiting: frozenset[str]
    """The ids of the runs that have not ended."""


def take_lease(table: Table, now: int) -> Lease | None:
    """Take the lease, or return `None` while another runner has it."""
    try:
        item = table.update(
            _LEASE_KEY,
            "SET lease_until = :until ADD fence :one",
            "attribute_not_exists(lease_until) OR lease_until < :now",
            {":until": now + LEASE, ":one": 1, ":now": now},
        )
    except ConditionFailed:
        return None
    return Lease(item["fence"], _progress(item), frozenset(item.get("runs", ())))


def release_lease(table: Table, fence: int) -> None:
    """Let the next runner begin at once. A lease that is lost stays with its holder."""
    try:
        table.update(_LEASE_KEY, "REMOVE lease_until", _MINE, {":fence": fence})
    except ConditionFailed:
        return


def waiting_runs(table: Table) -> frozenset[str]:
    """Return the ids of the runs that have not ended."""
    return frozenset((table.get(_LEASE_KEY) or {}).get("runs", ()))


def load_progress(table: Table) -> Progress | None:
    """Return how far the schedule has read our own account's events."""
    return _progress(table.get(_LEASE_KEY) or {})


def save_progress(table: Table, fence: int, progress: Progress, now: int) -> None:
    """Store how far the schedule has read our own account's events. Raises `LeaseLost`."""
    values = _members(progress) | {":fence": fence, ":until": now + LEASE}
    expression = f"{_SET_PROGRESS}, lease_until = :until"
    try:
        table.update(_LEASE_KEY, expression, _MINE, values)
    except ConditionFailed:
        raise LeaseLost from None


def load_account_progress(table: Table, account_id: str) -> Progress | None:
    """Return how far the schedule has read the events of a connected account."""
    return _progress(table.get(_account_key(account_id)) or {})


def save_account_progress(
    table: Table, fence: int, account_id: str, progress: Progress, now: int
) -> None:
    """Store how far the schedule has read the events of a connected account. Raises `LeaseLost`."""
    change = Change(_account_key(account_id), _SET_PROGRESS, "", _members(progress))
    _write(table, [change, _renewal(fence, now)])


def begin(record: RunRecord) -> list[Change]:
    """Return the changes that store a run and have it wait for a runner, unless too many do."""
    has_room = "attribute_not_exists(runs) OR size(runs) < :most"
    values = {":runs": {record.id}, ":most": MOST_WAITING}
    return [
        Change.create(run_key(record.id), record.to_item()),
        Change(_LEASE_KEY, "ADD runs :runs", has_room, values),
    ]


def load_run(table: Table, run_id: str) -> RunRecord | None:
    """Return a run that somebody called for."""
    item = table.get(run_key(run_id))
    return RunRecord.from_item(item) if item else None


def claim_run(table: Table, run_id: str, now: int) -> bool:
    """Let one invocation at a time wait for the lease to perform a run, and return whether it may:
    there may be one for each request that asked for the run.
    """
    try:
        table.update(
            run_key(run_id),
            "SET claimed_until = :until",
            "#status = :running AND (attribute_not_exists(claimed_until) OR claimed_until < :now)",
            {":until": now + LONGEST_INVOCATION, ":now": now, ":running": "running"},
            {"#status": "status"},
        )
    except ConditionFailed:
        return False
    return True


def unclaim_run(table: Table, run_id: str) -> None:
    """Let another invocation wait with a run."""
    with contextlib.suppress(ConditionFailed):
        table.update(run_key(run_id), "REMOVE claimed_until", "attribute_exists(pk)")


def save_run(
    table: Table, fence: int, run_id: str, members: Item, counts: Collection[int], now: int
) -> None:
    """Store how far a run is, and add what it has found and repaired. Raises `LeaseLost`."""
    _write(table, [_run_change(run_id, members, counts), _renewal(fence, now)])


def end_run(
    table: Table, fence: int, run_id: str, status: Status, counts: Collection[int], now: int
) -> None:
    """Store that a run has ended. Raises `LeaseLost`."""
    ended = _run_change(run_id, {"status": status, "ended_at": now}, counts)
    values = {":runs": {run_id}, ":fence": fence, ":until": now + LEASE}
    expression = "SET lease_until = :until DELETE runs :runs"
    _write(table, [ended, Change(_LEASE_KEY, expression, _MINE, values)])


def forget_run(table: Table, fence: int, run_id: str) -> None:
    """Have a run that is not there any more wait no longer. Raises `LeaseLost`."""
    values = {":runs": {run_id}, ":fence": fence}
    try:
        table.update(_LEASE_KEY, "DELETE runs :runs", _MINE, values)
    except ConditionFailed:
        raise LeaseLost from None


_SET_PROGRESS = "SET read_to = :read_to, settled_to = :settled_to"


def _members(progress: Progress) -> Item:
    return {":read_to": progress.read_to, ":settled_to": progress.settled_to}


def _progress(item: Item) -> Progress | None:
    return Progress(item["read_to"], item["settled_to"]) if "read_to" in item else None


def _account_key(account_id: str) -> str:
    return f"account#{account_id}"


def _renewal(fence: int, now: int) -> Change:
    values = {":until": now + LEASE, ":fence": fence}
    return Change(_LEASE_KEY, "SET lease_until = :until", _MINE, values)


def _run_change(run_id: str, members: Item, counts: Collection[int]) -> Change:
    found, repaired = counts
    assigned = ", ".join(f"#{name} = :{name}" for name in members)
    values = {f":{name}": value for name, value in members.items()}
    return Change(
        run_key(run_id),
        f"SET {assigned} ADD #found :found, #repaired :repaired",
        "attribute_exists(pk)",
        values | {":found": found, ":repaired": repaired},
        {f"#{name}": name for name in (*members, "found", "repaired")},
    )


def _write(table: Table, changes: list[Change]) -> None:
    try:
        table.transact(changes)
    except TransactionRefused:
        raise LeaseLost from None
