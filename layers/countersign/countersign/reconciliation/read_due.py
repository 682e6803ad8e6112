"""Read what is due by the index: open sessions, accounts that stand, decisions without a result.

Each object is moved in the index before it is read. So an object that Stripe does not show, or that
always fails, comes again later, and those behind it have their turn.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from countersign.aws.due_index import SHARDS
from countersign.aws.table import Table
from countersign.identity.read_due_session import read_due_session
from countersign.installs.probe_account import probe_due_account
from countersign.reconciliation.attempts import Attempts
from countersign.reconciliation.open_accounts import WEEK
from countersign.reconciliation.read_events import read_account_events
from countersign.reconciliation.rooms import Rooms, RoomsOf, process_rooms
from countersign.reconciliation.run import Run
from countersign.step_up.due_decisions import DueDecision, take_due_decisions
from countersign.step_up.find_payments import find_payments, in_groups
from countersign.step_up.read_again import read_again

BATCH = 6
"""Objects of each of the 16 shards that are read before another kind has its turn."""

Due = Mapping[str, int]
"""Keys of items, each with the time at which it is due."""
ReadBatch = Callable[[Run, Rooms, Due], None]


def read_due(run: Run, rooms_of: RoomsOf = process_rooms) -> None:
    """Read everything that is due, a batch of each kind by turns.

    Raises `OutOfTime`, and `Unavailable` while Stripe or storage is down.
    """
    rooms = rooms_of(run.pace)
    kinds: list[tuple[Iterator[Due], ReadBatch]] = [
        (_batches(run, rooms.identity.table), _read_sessions),
        (_batches(run, rooms.step_up.installs.table), _read_accounts),
        (_batches(run, rooms.step_up.step_up.table), _read_decisions),
    ]
    while kinds:
        left = []
        for batches, read in kinds:
            batch = next(batches, None)
            if batch is not None:
                read(run, rooms, batch)
                left.append((batches, read))
        kinds = left


def _batches(run: Run, table: Table) -> Iterator[Due]:
    """Return what is due in a table, the longest due first, until nothing is. The index is
    eventually consistent: it may show for a while what was read a moment ago.
    """
    seen: set[tuple[str, int]] = set()
    while True:
        found: dict[str, int] = {}
        for shard in SHARDS:
            run.check_time()
            found |= table.due(shard, run.now(), BATCH)
        new = {pk: at for pk, at in found.items() if (pk, at) not in seen}
        if not new:
            return
        seen.update(new.items())
        yield dict(sorted(new.items(), key=lambda item: item[1]))


def _read_sessions(run: Run, rooms: Rooms, due: Due) -> None:
    attempts = Attempts(run)
    for pk, at in due.items():
        attempts.make(pk, partial(read_due_session, rooms.identity, pk, at))


def _read_accounts(run: Run, rooms: Rooms, due: Due) -> None:
    attempts = Attempts(run)
    for pk, at in due.items():
        attempts.make(pk, partial(_read_account, run, rooms, pk, at))


def _read_account(run: Run, rooms: Rooms, pk: str, at: int) -> bool:
    probed = probe_due_account(rooms.step_up.installs, pk, at)
    if probed is None:
        return False
    installation, is_repaired = probed
    if installation.stands and run.record is None:
        read_account_events(run, installation, every=WEEK)
    return is_repaired


def _read_decisions(run: Run, rooms: Rooms, due: Due) -> None:
    taken = take_due_decisions(rooms.step_up, due)
    attempts = Attempts(run)
    unreported: list[DueDecision] = []
    for each in taken:
        if each.is_reported:
            attempts.make(each.record.pk, partial(read_again, rooms.step_up, each))
        else:
            unreported.append(each)
    for group in in_groups(unreported):
        attempts.make(group[0].record.pk, partial(find_payments, rooms.step_up, group))
