"""Runs that somebody calls for: at once, over their own time, beside the schedule."""

import pytest

from countersign.http.idempotency import IdempotencyKey
from countersign.problems import Problem
from countersign.reconciliation import store
from countersign.reconciliation.begin_run import AHEAD, begin_run, read_run
from countersign.reconciliation.run import Run
from countersign.reconciliation.run_all import PATIENCE, run_called
from countersign.reconciliation.run_record import PAUSE
from countersign.reconciliation.windows import HOUR, KEPT
from tests.domain.reconciliation.test_schedule import DAY, status_of, verified
from tests.support.crashes import Fuse, every_crash
from tests.support.reconciling import LONG, Reconciling
from tests.support.threads import at_once


def test_a_run_goes_to_its_end_at_once_and_says_what_it_repaired(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    now = reconciling.clock()
    run = reconciling.call(now - HOUR, now + AHEAD)
    assert (run.status, run.found, run.repaired) == ("done", 3, 3)
    assert (run.read_to, run.ended_at) == (now + AHEAD, now)
    assert status_of(reconciling, session_id) == "verified"
    again = reconciling.call(now - HOUR, now + AHEAD)
    assert (again.status, again.found, again.repaired) == ("done", 3, 0)


def test_a_run_leaves_the_cursor_of_the_schedule_alone(reconciling: Reconciling) -> None:
    reconciling.clock.advance(DAY)
    reconciling.tick()
    before = reconciling.progress()
    reconciling.clock.advance(2 * HOUR)
    reconciling.call(reconciling.clock() - HOUR, reconciling.clock())
    assert reconciling.progress() == before


def test_a_run_reads_nothing_from_outside_its_time(reconciling: Reconciling) -> None:
    verified(reconciling)
    reconciling.clock.advance(DAY)
    run = reconciling.call(reconciling.clock() - HOUR, reconciling.clock())
    assert (run.status, run.found) == ("done", 0)


def test_a_run_waits_for_the_lease(reconciling: Reconciling) -> None:
    verified(reconciling)
    context = reconciling.context()
    held = store.take_lease(context.table, reconciling.clock())
    assert held is not None
    now = reconciling.clock()
    waiting = reconciling.call(now - HOUR, now)
    assert waiting.status == "running"
    assert reconciling.left <= 30, "it has waited until its time was over"
    store.release_lease(context.table, held.fence)
    reconciling.left = LONG
    reconciling.tick()
    assert reconciling.run(waiting.id).status == "done"


def test_a_runner_performs_what_is_called_for_meanwhile(reconciling: Reconciling) -> None:
    verified(reconciling)
    now, context = reconciling.clock(), reconciling.context()
    called = []

    def call(run: Run) -> None:
        if not run.record:
            called.append(begin_run(context, now - HOUR, now).id)

    reconciling.steps = (*reconciling.steps, call)
    reconciling.tick()
    assert reconciling.run(called[0]).status == "done"


def test_an_interrupted_run_is_continued_where_it_was(reconciling: Reconciling) -> None:
    verified(reconciling)
    reconciling.clock.advance(20 * DAY)

    def spend() -> None:
        reconciling.left -= LONG / 3

    reconciling.events.meanwhile = spend
    now = reconciling.clock()
    run = reconciling.call(now - 25 * DAY, now)
    assert run.status == "running"
    assert now - 25 * DAY < run.read_to < now
    assert [run.rests(now), run.rests(now + PAUSE)] == [False, True]
    assert store.claim_run(reconciling.context().table, run.id, now)
    assert not reconciling.run(run.id).rests(now + PAUSE), "somebody is at it"
    store.unclaim_run(reconciling.context().table, run.id)
    for _ in range(120):
        reconciling.left = LONG
        reconciling.events.asked.clear()
        run_called(reconciling.context(), reconciling.steps, run.id)
        before, run = run, reconciling.run(run.id)
        if reconciling.events.asked:
            assert reconciling.events.asked[0]["created"]["gte"] == before.read_to
    assert (run.status, run.found, run.rests(now + PAUSE)) == ("done", 3, False)


def test_a_run_that_fails_for_good_says_so_and_waits_no_longer(reconciling: Reconciling) -> None:
    reconciling.events.faults.append("broken")
    now = reconciling.clock()
    run = reconciling.call(now - HOUR, now)
    assert (run.status, run.ended_at) == ("failed", now)
    assert store.waiting_runs(reconciling.context().table) == frozenset()


def test_a_run_that_cannot_end_has_failed_after_a_day(reconciling: Reconciling) -> None:
    now = reconciling.clock()
    reconciling.events.faults.extend(["down"] * 100)
    run = reconciling.call(now - HOUR, now)
    assert run.status == "running"
    reconciling.clock.advance(PATIENCE + 1)
    reconciling.left = LONG
    reconciling.tick()
    assert reconciling.run(run.id).status == "failed"


def test_a_run_that_is_gone_waits_no_longer(reconciling: Reconciling) -> None:
    context, now = reconciling.context(), reconciling.clock()
    run = begin_run(context, now - HOUR, now)
    reconciling.dynamodb.rows.pop(f"run#{run.id}")
    assert reconciling.tick()
    assert store.waiting_runs(context.table) == frozenset()


@pytest.mark.parametrize(
    ("begin", "end", "pointer"),
    [(-KEPT - 1, 0, "/from"), (-10, AHEAD + 1, "/to"), (0, 0, "/to"), (0, -1, "/to")],
)
def test_a_time_that_stripe_does_not_have_is_refused(
    reconciling: Reconciling, begin: int, end: int, pointer: str
) -> None:
    now = reconciling.clock()
    with pytest.raises(Problem) as refused:
        begin_run(reconciling.context(), now + begin, now + end)
    assert (refused.value.status, refused.value.errors[0]["pointer"]) == (422, pointer)


def test_one_key_gives_one_run(reconciling: Reconciling, monkeypatch: pytest.MonkeyPatch) -> None:
    now, context = reconciling.clock(), reconciling.context()
    monkeypatch.setattr("countersign.http.idempotency.time", reconciling.clock)
    key = IdempotencyKey("operator", "reconciliations", "key", b"body")
    made = at_once([lambda: begin_run(context, now - HOUR, now, key)] * 4)
    assert len({record.id for record in made}) == 1
    assert store.waiting_runs(context.table) == {made[0].id}
    other = IdempotencyKey("operator", "reconciliations", "key", b"another body")
    with pytest.raises(Problem, match="idempotency_key_reused"):
        begin_run(context, now - HOUR, now, other)


def test_an_unknown_run_is_not_found(reconciling: Reconciling) -> None:
    with pytest.raises(Problem, match="reconciliation_not_found"):
        read_run(reconciling.context(), "rec_unknown")


@pytest.mark.exhaustive  # dies after each call
@pytest.mark.usefixtures("deployment")
def test_a_run_that_is_killed_at_any_call_is_ended_by_the_schedule() -> None:
    kept: list[Reconciling] = []

    def work(fuse: Fuse) -> None:
        reconciling = Reconciling()
        kept.append(reconciling)
        verified(reconciling)
        now = reconciling.clock()
        reconciling.call(now - HOUR, now + AHEAD, fuse)

    for _ in every_crash(work):
        left = kept[-1]
        left.clock.advance(store.LEASE + 1)
        assert left.tick()
        waiting = store.waiting_runs(left.context().table)
        assert waiting == frozenset()
        runs = [pk for pk in left.dynamodb.rows if pk.startswith("run#")]
        assert {left.run(pk.removeprefix("run#")).status for pk in runs} <= {"done"}
        session_id = next(iter(left.world.stripe.sessions))
        assert not runs or status_of(left, session_id) == "verified"
