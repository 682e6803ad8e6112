"""Nobody who always has more to do keeps the others from their turn."""

from collections.abc import Callable

import pytest

from countersign.installs.installation import Installation
from countersign.problems import Problem
from countersign.reconciliation import store
from countersign.reconciliation.begin_run import begin_run
from countersign.reconciliation.open_accounts import read_accounts
from countersign.reconciliation.run import Run
from countersign.reconciliation.run_all import PATIENCE, run_called
from countersign.reconciliation.windows import HOUR
from tests.domain.reconciliation.test_schedule import DAY, status_of, verified
from tests.support.reconciling import LONG, Reconciling


def greedy(reconciling: Reconciling, seconds: float = 1.0) -> Callable[[Run], None]:
    """A step that always has more to do."""

    def read_forever(run: Run) -> None:
        while True:
            run.check_time()
            reconciling.left -= seconds

    return read_forever


def spending(reconciling: Reconciling, seconds: float) -> Callable[[], None]:
    """Each request to Stripe takes so long."""

    def spend() -> None:
        reconciling.left -= seconds

    return spend


def test_a_step_that_always_has_more_to_do_leaves_the_others_their_turn(
    reconciling: Reconciling,
) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)
    reconciling.steps = (greedy(reconciling), *reconciling.steps)
    reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.left < 32, "what the others leave of their time is used"


def test_a_run_that_never_ends_holds_up_no_schedule(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)
    always_more = greedy(reconciling)

    def read_of_the_run(run: Run) -> None:
        if run.record:
            always_more(run)

    reconciling.steps = (read_of_the_run, *reconciling.steps)
    now = reconciling.clock()
    begin_run(reconciling.context(), now - DAY, now - DAY + 1)
    reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    progress = reconciling.progress()
    assert progress is not None
    assert progress.read_to > now - HOUR


def test_a_schedule_that_never_ends_holds_up_no_run(reconciling: Reconciling) -> None:
    always_more = greedy(reconciling)

    def read_of_the_schedule(run: Run) -> None:
        if not run.record:
            always_more(run)

    reconciling.steps = (read_of_the_schedule,)
    now = reconciling.clock()
    run = begin_run(reconciling.context(), now - HOUR, now)
    reconciling.tick()
    assert reconciling.run(run.id).status == "done"


def test_a_run_that_never_ends_holds_up_no_other_run(reconciling: Reconciling) -> None:
    always_more, context, now = greedy(reconciling), reconciling.context(), reconciling.clock()
    made = sorted(begin_run(context, now - HOUR, now).id for _ in range(2))

    def read_of_the_first(run: Run) -> None:
        run.check_time()
        if run.record and run.record.id == made[0]:
            always_more(run)

    reconciling.steps = (read_of_the_first,)
    for _ in range(40):
        reconciling.left = LONG
        reconciling.tick()
    assert [reconciling.run(each).status for each in made] == ["running", "done"]


def test_a_run_that_ends_its_process_holds_up_no_schedule_and_has_failed_after_a_day(
    reconciling: Reconciling,
) -> None:
    """As one that needs more memory than the function has."""
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)

    def fatal(run: Run) -> None:
        if run.record:
            raise SystemExit

    reconciling.steps = (*reconciling.steps, fatal)
    now = reconciling.clock()
    run = begin_run(reconciling.context(), now - HOUR, now)
    with pytest.raises(SystemExit):
        reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.progress() is not None
    reconciling.clock.advance(PATIENCE + 1)
    reconciling.tick()
    assert reconciling.run(run.id).status == "failed"
    assert store.waiting_runs(reconciling.context().table) == frozenset()


def test_a_run_over_more_accounts_than_one_invocation_can_read_comes_to_its_end(
    reconciling: Reconciling,
) -> None:
    accounts = [Installation(f"acct_{number:04}", "user", "usr", 1) for number in range(12)]

    def read(run: Run) -> None:
        read_accounts(run, accounts)

    reconciling.steps = (read,)
    reconciling.events.meanwhile = spending(reconciling, LONG / 4)
    now = reconciling.clock()
    run = reconciling.call(now - HOUR, now)
    for _ in range(8):
        reconciling.left = LONG
        run_called(reconciling.context(), reconciling.steps, run.id)
    assert reconciling.run(run.id).status == "done"
    asked = [each["account"] for each in reconciling.events.asked]
    assert sorted(set(asked)) == [each.account_id for each in accounts]


@pytest.mark.exhaustive  # hundreds of accounts
def test_the_schedule_reads_every_account_in_the_end(reconciling: Reconciling) -> None:
    accounts = [Installation(f"acct_{number:04}", "user", "usr", 1) for number in range(12)]

    def read(run: Run) -> None:
        read_accounts(run, accounts)

    reconciling.steps = (read,)
    reconciling.events.meanwhile = spending(reconciling, LONG / 4)
    for _ in range(200):
        reconciling.left = LONG
        reconciling.tick()
        reconciling.clock.advance(600)
    known = [store.load_account_progress(reconciling.context().table, each.account_id)
             for each in accounts]  # fmt: skip
    assert all(known)


def test_of_all_the_invocations_for_one_run_one_waits(reconciling: Reconciling) -> None:
    """Each request under the same key has one begun."""
    context, now = reconciling.context(), reconciling.clock()
    run = begin_run(context, now - HOUR, now)
    held = store.take_lease(context.table, now)
    assert held is not None
    assert store.claim_run(context.table, run.id, now), "the first one waits"
    run_called(context, reconciling.steps, run.id)
    assert reconciling.elapsed == 0
    store.release_lease(context.table, held.fence)
    reconciling.clock.advance(store.LONGEST_INVOCATION + 1)  # the first one has died
    run_called(context, reconciling.steps, run.id)
    assert reconciling.run(run.id).status == "done"


def test_more_runs_than_can_wait_are_refused_until_some_have_ended(
    reconciling: Reconciling,
) -> None:
    context, now = reconciling.context(), reconciling.clock()
    for _ in range(store.MOST_WAITING):
        begin_run(context, now - HOUR, now)
    with pytest.raises(Problem, match="too_many_requests") as refused:
        begin_run(context, now - HOUR, now)
    assert (refused.value.status, "Retry-After" in refused.value.headers) == (429, True)
    assert len(store.waiting_runs(context.table)) == store.MOST_WAITING
    reconciling.tick()
    assert begin_run(context, now - HOUR, now).status == "running"
