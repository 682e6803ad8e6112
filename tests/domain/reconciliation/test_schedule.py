"""The schedule: what no webhook brought is applied, once, and the cursor never passes what was not."""

import pytest
from msgspec.structs import replace

from countersign.identity.store import load
from countersign.reconciliation import store
from countersign.reconciliation.begin_run import begin_run
from countersign.reconciliation.run_all import run_called, run_schedule
from countersign.reconciliation.windows import DELAY, HOUR, KEPT
from countersign.stripe_api.events import StripeEvent
from tests.support.clock import START
from tests.support.crashes import Fuse, every_crash
from tests.support.reconciling import LONG, Reconciling, skewed
from tests.support.threads import at_once

DAY = 24 * HOUR


def verified(reconciling: Reconciling, subject: str = "user_1") -> str:
    """A session that is verified at Stripe, of which no webhook has told."""
    session_id = reconciling.world.open(subject)
    reconciling.world.verify(session_id)
    return session_id


def status_of(reconciling: Reconciling, session_id: str) -> str:
    session = load(reconciling.world.context.table, session_id)
    assert session is not None
    return session.status


def test_what_no_webhook_brought_is_applied(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    assert status_of(reconciling, session_id) == "requires_input"
    reconciling.clock.advance(DELAY + 10)
    assert reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.unapplied() == []


def test_what_a_webhook_has_brought_is_counted_and_not_acted_on(reconciling: Reconciling) -> None:
    verified(reconciling)
    reconciling.world.hear()
    reconciling.clock.advance(DELAY + 10)
    now = reconciling.clock()
    acted: list[str] = []

    def receiver_of(event: StripeEvent) -> None:
        acted.append(event.id)

    context = replace(reconciling.context(), receivers=lambda pace: receiver_of)
    run = begin_run(context, now - HOUR, now)
    run_called(context, reconciling.steps, run.id)
    assert acted == []
    done = reconciling.run(run.id)
    assert (done.status, done.found, done.repaired) == ("done", 3, 0)


def test_what_is_younger_than_five_minutes_is_left_to_the_webhooks(
    reconciling: Reconciling,
) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(DELAY - 10)
    reconciling.tick()
    assert status_of(reconciling, session_id) == "requires_input"
    progress = reconciling.progress()
    assert progress is not None
    assert progress.read_to <= reconciling.clock() - DELAY


def test_a_first_tick_reads_all_that_stripe_keeps_in_few_requests(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(KEPT - DAY)
    reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    assert len(reconciling.events.asked) < 20
    assert reconciling.events.asked[0]["created"]["gte"] == reconciling.clock() - KEPT


def test_a_tick_reads_the_last_hour_again_and_no_more(reconciling: Reconciling) -> None:
    reconciling.clock.advance(DAY)
    reconciling.tick()
    reconciling.events.asked.clear()
    reconciling.clock.advance(600)
    reconciling.tick()
    begin = reconciling.events.asked[0]["created"]["gte"]
    assert HOUR <= reconciling.clock() - begin <= HOUR + 620
    assert len(reconciling.events.asked) <= 2


def test_an_event_that_is_listed_late_is_found(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    last = reconciling.world.stripe.events[-1]
    reconciling.events.late[last["id"]] = last["created"] + HOUR - 60
    for _ in range(8):
        reconciling.clock.advance(600)
        reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.unapplied() == []


def test_a_tick_without_time_leaves_the_rest_to_the_next(reconciling: Reconciling) -> None:
    session_ids = [verified(reconciling, f"user_{number}") for number in range(3)]
    reconciling.clock.advance(3 * DAY)

    def spend() -> None:
        reconciling.left -= LONG / 3

    reconciling.events.meanwhile = spend
    begins = []
    for _ in range(150):
        reconciling.left = LONG
        reconciling.events.asked.clear()
        reconciling.tick()
        begins.append(reconciling.events.asked[0]["created"]["gte"])
        assert reconciling.unapplied() == []
    assert begins[:80] == sorted(set(begins[:80]))
    assert {status_of(reconciling, each) for each in session_ids} == {"verified"}
    assert begins[-1] >= reconciling.clock() - HOUR - 60


def test_what_stripe_does_not_serve_is_asked_for_again_after_a_pause(
    reconciling: Reconciling,
) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)
    reconciling.events.faults.extend(["down"] * 3)
    reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.elapsed >= 7


def test_a_cursor_stands_while_stripe_is_down(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)
    reconciling.events.faults.extend(["down"] * 5)
    reconciling.tick()
    assert reconciling.progress() is None
    reconciling.tick()
    assert status_of(reconciling, session_id) == "verified"


def test_requests_leave_room_for_the_business(reconciling: Reconciling) -> None:
    reconciling.clock.advance(DAY)
    reconciling.tick()
    asked = len(reconciling.events.asked)
    assert asked > 5
    assert reconciling.elapsed >= (asked - 1) * 0.1 - 0.001


def test_an_event_that_always_fails_stops_the_cursor_and_no_later_step(
    reconciling: Reconciling,
) -> None:
    done = []
    reconciling.steps = (*reconciling.steps, lambda run: done.append(run))
    verified(reconciling)
    reconciling.clock.advance(HOUR)
    reconciling.events.faults.append("broken")
    reconciling.tick()
    assert reconciling.progress() is None
    assert len(done) == 1


def test_clocks_that_are_wrong_by_minutes_lose_nothing(reconciling: Reconciling) -> None:
    for skew in (240, -240):
        session_id = verified(reconciling, f"user{skew}")
        for _ in range(3):
            run_schedule(skewed(reconciling, skew), reconciling.steps)
            progress = reconciling.progress()
            assert progress is not None
            assert progress.read_to <= reconciling.clock() - DELAY
            reconciling.clock.advance(600)
        assert status_of(reconciling, session_id) == "verified"
        assert reconciling.unapplied() == []


def test_of_two_runners_one_reconciles(reconciling: Reconciling) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)
    results = at_once([reconciling.tick] * 4)
    assert True in results
    assert set(results) <= {True, False}
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.unapplied() == []


def test_a_runner_that_was_paused_for_longer_than_its_lease_moves_nothing(
    reconciling: Reconciling,
) -> None:
    verified(reconciling)
    reconciling.clock.advance(DAY)

    def overtaken() -> None:
        reconciling.events.meanwhile = lambda: None
        reconciling.clock.advance(store.LEASE + 1)
        assert reconciling.tick()

    reconciling.events.meanwhile = overtaken
    reconciling.tick()
    after = reconciling.progress()
    assert after is not None
    assert after.read_to == reconciling.clock() - DELAY - 2
    assert reconciling.unapplied() == []
    assert reconciling.tick(), "the lease is free"


@pytest.mark.exhaustive  # dies after each call
@pytest.mark.usefixtures("deployment")
def test_a_process_that_is_killed_at_any_call_is_continued() -> None:
    kept: list[Reconciling] = []

    def work(fuse: Fuse) -> None:
        reconciling = Reconciling()
        kept.append(reconciling)
        verified(reconciling)
        reconciling.clock.advance(DAY)
        reconciling.tick(fuse)

    crashes = 0
    for _ in every_crash(work):
        crashes += 1
        left = kept[-1]
        assert left.unapplied() == []
        left.clock.advance(store.LEASE + 1)
        assert left.tick()
        assert left.unapplied() == []
        session_id = next(iter(left.world.stripe.sessions))
        assert status_of(left, session_id) == "verified"
    assert crashes > 20


def test_a_lease_outlasts_an_invocation_and_two_wrong_clocks(reconciling: Reconciling) -> None:
    context = reconciling.context()
    lease = store.take_lease(context.table, START)
    assert lease is not None
    at_the_end = START + store.LONGEST_INVOCATION + 2 * store.CLOCK_SKEW
    assert store.take_lease(context.table, at_the_end) is None
    again = store.take_lease(context.table, START + store.LEASE + 1)
    assert again is not None
    assert again.fence == lease.fence + 1
