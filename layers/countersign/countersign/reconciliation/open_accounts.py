"""Read the events of connected accounts: of those with something open in each run, of the others
once a week.
"""

import random
from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from countersign.aws.due_index import DAY, SHARDS
from countersign.installs.installation import Installation
from countersign.installs.store import load_many
from countersign.reconciliation.attempts import Attempts
from countersign.reconciliation.read_events import read_account_events
from countersign.reconciliation.rooms import RoomsOf, process_rooms
from countersign.reconciliation.run import Run
from countersign.reconciliation.run_record import RunRecord
from countersign.reconciliation.store import save_run
from countersign.reconciliation.windows import DELAY
from countersign.step_up.context import Contexts
from countersign.step_up.decision_record import READ_FOR
from countersign.step_up.store import load_due

WEEK = 7 * DAY
"""Seconds after which the events of an account without anything open are read."""
MOST = 500
"""Decisions of each of the 16 shards that are looked at for their accounts."""
_AT_ONCE = 100
_JUST_NOW = 30
"""Seconds after which this invocation reads the events of an account again."""


def read_open_accounts(run: Run, rooms_of: RoomsOf = process_rooms) -> None:
    """Act on the events of the connected accounts that have something open. Raises as `Attempts`
    does.
    """
    read_accounts(run, open_accounts(run, rooms_of(run.pace).step_up))


def read_accounts(run: Run, installations: list[Installation]) -> None:
    """Act on the events of these accounts. Where they are too many for one invocation, a run that
    somebody called for goes on where it was, and the schedule takes them in another order each
    time. Raises as `Attempts` does.
    """
    attempts = Attempts(run)
    for installation in _in_turn(run, installations):
        read = partial(read_account_events, run, installation, every=DELAY + _JUST_NOW)
        attempts.make(installation.account_id, read)
        if run.record is not None:
            _save(run, run.record, installation.account_id)


def _in_turn(run: Run, found: list[Installation]) -> list[Installation]:
    if run.record is None:
        return random.sample(found, len(found))
    after = run.record.last_account
    left = [each for each in found if each.account_id > after]
    return sorted(left, key=lambda each: each.account_id)


def _save(run: Run, record: RunRecord, account_id: str) -> None:
    members, counts = {"last_account": account_id}, run.new_counts()
    save_run(run.context.table, run.fence, record.id, members, counts, run.now())
    run.record = replace(record, last_account=account_id)


def open_accounts(run: Run, contexts: Contexts) -> list[Installation]:
    """Return the installations that stand and have a decision that is awaited."""
    accounts: set[str] = set()
    for pks in _chunks(_awaited(run, contexts)):
        records = load_due(contexts.step_up.table, pks).values()
        accounts |= {record.order.account_id for record in records if record.is_awaited}
    found: list[Installation] = []
    for names in _chunks(sorted(accounts)):
        run.check_time()
        found += load_many(contexts.installs.table, list(names)).values()
    return [installation for installation in found if installation.stands]


def _awaited(run: Run, contexts: Contexts) -> list[str]:
    """Return the keys of the decisions in the index, whenever they are due."""
    until = run.now() + READ_FOR * DAY
    found: list[str] = []
    for shard in SHARDS:
        run.check_time()
        found += contexts.step_up.table.due(shard, until, MOST)
    return found


def _chunks(whole: Sequence[str]) -> Iterator[Sequence[str]]:
    return (whole[start : start + _AT_ONCE] for start in range(0, len(whole), _AT_ONCE))
