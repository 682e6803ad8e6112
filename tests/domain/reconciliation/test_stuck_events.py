"""An event that fails holds up no other, and the cursor does not pass it."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from countersign.problems import Problem, Unavailable, in_progress
from countersign.reconciliation import store
from countersign.reconciliation.begin_run import begin_run
from countersign.reconciliation.context import Context, Pace
from countersign.reconciliation.run_all import run_called, run_schedule
from countersign.reconciliation.windows import HOUR
from countersign.stripe_api.calls import StripeKeyRefused
from countersign.stripe_api.events import StripeEvent
from countersign.stripe_api.webhook import Receiver, ReceiverOf
from tests.domain.reconciliation.test_schedule import DAY, status_of, verified
from tests.support.logs import Log
from tests.support.reconciling import LONG, Reconciling


def failing(reconciling: Reconciling, error: Exception, *event_ids: str) -> Context:
    """The context of a process in which acting on these events fails."""
    context = reconciling.context()

    def receivers(pace: Pace) -> ReceiverOf:
        usual: Callable[[StripeEvent], Receiver | None] = context.receivers(pace)

        def receiver_of(event: StripeEvent) -> Receiver | None:
            if event.id in event_ids:
                raise error
            return usual(event)

        return receiver_of

    return replace(context, receivers=receivers)


@pytest.mark.parametrize(
    "error", [KeyError("a bug"), in_progress(), Unavailable("stripe")], ids=["bug", "409", "503"]
)
def test_an_event_that_fails_holds_up_no_other_and_the_cursor_stays_before_it(
    reconciling: Reconciling, error: Exception
) -> None:
    reconciling.clock.advance(DAY)
    stuck = verified(reconciling, "user_stuck")
    stuck_at = reconciling.clock()
    stuck_ids = [event["id"] for event in reconciling.world.stripe.events]
    reconciling.clock.advance(2 * HOUR)
    later = verified(reconciling, "user_later")
    reconciling.clock.advance(HOUR)
    run_schedule(failing(reconciling, error, stuck_ids[-1]), reconciling.steps)
    assert status_of(reconciling, later) == "verified"
    assert status_of(reconciling, stuck) != "verified"
    progress = reconciling.progress()
    assert progress is not None
    assert progress.read_to <= stuck_at
    reconciling.left = LONG
    reconciling.tick()
    assert status_of(reconciling, stuck) == "verified"
    assert reconciling.unapplied() == []


def test_an_event_that_fails_is_named_in_the_log(reconciling: Reconciling, log: Log) -> None:
    verified(reconciling)
    event_id = reconciling.world.stripe.events[-1]["id"]
    reconciling.clock.advance(HOUR)
    run_schedule(failing(reconciling, KeyError("a bug"), event_id), reconciling.steps)
    (line,) = [entry for entry in log.entries() if entry.get("event") == event_id]
    assert "KeyError" in line["exception"], "the run may end before the step fails with it"


@pytest.mark.parametrize("error", [StripeKeyRefused(), Unavailable("storage")])
def test_what_concerns_every_event_stops_at_the_first(
    reconciling: Reconciling, error: Problem
) -> None:
    verified(reconciling)
    ids = [event["id"] for event in reconciling.world.stripe.events]
    reconciling.clock.advance(HOUR)
    context = failing(reconciling, error, *ids)
    run_schedule(context, reconciling.steps)
    assert reconciling.elapsed < 20
    assert reconciling.progress() is None or not reconciling.unapplied()


def test_a_run_with_an_event_that_fails_reads_all_the_others_and_has_failed(
    reconciling: Reconciling,
) -> None:
    verified(reconciling, "user_stuck")
    stuck_ids = [event["id"] for event in reconciling.world.stripe.events]
    reconciling.clock.advance(2 * HOUR)
    later = verified(reconciling, "user_later")
    now = reconciling.clock()
    context = failing(reconciling, KeyError("a bug"), *stuck_ids)
    run = begin_run(context, now - DAY, now + 1)
    run_called(context, reconciling.steps, run.id)
    assert status_of(reconciling, later) == "verified"
    assert reconciling.run(run.id).status == "failed"
    assert store.waiting_runs(context.table) == frozenset()


@pytest.mark.parametrize("created", [None, "soon", {}, [], -1])
def test_a_listed_event_without_a_time_holds_up_no_other(
    reconciling: Reconciling, log: Log, created: object
) -> None:
    session_id = verified(reconciling)
    reconciling.clock.advance(HOUR)
    context = reconciling.context()

    class WithAMalformedOne:
        def events(self, params: dict[str, object], account: str | None = None) -> object:
            response = reconciling.events.events(params, account)
            malformed = {"object": "event", "id": "evt_malformed", "created": created}
            body = response.body | {"data": [*response.body["data"], malformed]}
            return replace(response, body=body)

    odd = replace(context, stripe=WithAMalformedOne())  # type: ignore[arg-type]
    run_schedule(odd, reconciling.steps)
    assert status_of(reconciling, session_id) == "verified"
    assert reconciling.progress() is not None
    assert "evt_malformed" in [entry.get("event") for entry in log.entries()]
