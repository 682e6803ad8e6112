"""One runner's work: the runs that wait, and the schedule's own."""

import random
from collections.abc import Sequence

from msgspec import Struct

from countersign.aws.telemetry import count, logger, measure
from countersign.reconciliation import store
from countersign.reconciliation.context import Context
from countersign.reconciliation.perform import Ended, Step, perform
from countersign.reconciliation.run import RESERVE, Run
from countersign.reconciliation.store import LeaseLost

PATIENCE = 24 * 3600
"""Seconds after which a run that cannot end has failed."""
_PAUSE = 2.0
_FAILED: Ended = "failed"


class _Runner(Struct, frozen=True):
    """Who has the lease."""

    context: Context
    steps: Sequence[Step]
    lease: store.Lease


def run_schedule(context: Context, steps: Sequence[Step]) -> bool:
    """Read on from the cursor, and then continue the runs that wait, which have half of the time:
    neither keeps the other from its turn. Return whether this was done: there is nothing to do
    while another runner is at it.
    """
    lease = store.take_lease(context.table, context.now())
    if lease is None:
        logger.info("another runner reconciles")
        return False
    runner = _Runner(context, steps, lease)
    try:
        _read_on(runner)
        _finish_waiting(runner)
    except LeaseLost:
        logger.warning("another runner has taken the lease")
    finally:
        store.release_lease(context.table, lease.fence)
    return True


def run_called(context: Context, steps: Sequence[Step], run_id: str) -> None:
    """Perform a run that somebody called for, as soon as no other runner is at work. What the
    invocation's time does not allow is left to the next runner. Of several invocations for one run,
    one waits.
    """
    if not store.claim_run(context.table, run_id, context.now()):
        return
    try:
        _perform_in_turn(context, steps, run_id)
    finally:
        store.unclaim_run(context.table, run_id)


def _perform_in_turn(context: Context, steps: Sequence[Step], run_id: str) -> None:
    while _is_running(context, run_id) and context.remaining() > RESERVE:
        lease = store.take_lease(context.table, context.now())
        if lease is None:
            context.sleep(_PAUSE)
            continue
        try:
            _finish_waiting(_Runner(context, steps, lease))
        except LeaseLost:
            logger.warning("another runner has taken the lease")
        finally:
            store.release_lease(context.table, lease.fence)
        return


def _is_running(context: Context, run_id: str) -> bool:
    record = store.load_run(context.table, run_id)
    return record is not None and record.status == "running"


def _finish_waiting(runner: _Runner) -> None:
    """Perform every run that waits, those included that are called for meanwhile. The order is
    another one each time, so that one that takes all of the time does not always come first.
    """
    tried: set[str] = set()
    while new := store.waiting_runs(runner.context.table) - tried:
        tried.update(new)
        for run_id in random.sample(sorted(new), len(new)):
            _perform_called(runner, run_id)


def _perform_called(runner: _Runner, run_id: str) -> None:
    context, fence = runner.context, runner.lease.fence
    record = store.load_run(context.table, run_id)
    if record is None:
        store.forget_run(context.table, fence, run_id)
        return
    run, ended = Run(context, fence, record), _FAILED
    if context.now() - record.began_at > PATIENCE:  # it may end every process that performs it
        count("ReconciliationFailed")
    else:
        ended = perform(run, runner.steps)
    counts, now = run.new_counts(), context.now()
    if ended == "interrupted":
        store.save_run(context.table, fence, run_id, {"interrupted_at": now}, counts, now)
    else:
        store.end_run(context.table, fence, run_id, ended, counts, now)
    _tell(run, ended)


def _read_on(runner: _Runner) -> None:
    context = runner.context
    run = Run(context, runner.lease.fence, progress=runner.lease.progress)
    run.leave_to_others(RESERVE, 0.5 if runner.lease.waiting else 0.0)
    ended = perform(run, runner.steps)
    _tell(run, ended)
    if run.progress:
        behind = max(0, max(run.clock, run.now()) - run.progress.read_to)
        measure("ReconciliationBehind", behind)


def _tell(run: Run, ended: str) -> None:
    found, repaired = run.counts()
    count("ReconciliationFound", found)
    count("ReconciliationRepaired", repaired)
    named = {"run": run.record.id} if run.record else {}
    extra = {"ended": ended, "found": found, "repaired": repaired}
    logger.info("reconciled", extra=named | extra)
