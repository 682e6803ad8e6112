"""A run reads what is due of every capability, in the role of its function."""

from collections.abc import Iterator
from typing import Any

import pytest

from countersign.aws.due_index import DAY, HOUR
from countersign.aws.redate import RETRY
from countersign.reconciliation import context as reconciliation
from countersign.stripe_api.event_order import read_order
from tests.support.bundle import CREATE
from tests.support.clock import Clock
from tests.support.gateway import Caller, LambdaContext
from tests.support.logs import Log
from tests.support.processes import forget_settings
from tests.support.roles import acting_as
from tests.support.stand_in import BAKERY
from tests.support.step_up_bundle import DECISIONS, StepUpBundle
from tests.support.step_up_cards import paid
from tests.support.step_up_results import CHALLENGED, told
from tools.functions import load_function

AN_HOUR = HOUR + 60
"""Stripe's clock goes on while the test's stands still."""
SESSIONS = "/v1/identity/verification_sessions"


@pytest.fixture
def run(step_up: StepUpBundle, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Has the schedule's run made by the function, and returns what it answers."""
    step_up.client.tables["operations"] = {}
    monkeypatch.setenv("OPERATIONS_TABLE", "operations")
    monkeypatch.setattr("countersign.reconciliation.run.REQUESTS_PER_SECOND", 1000)
    monkeypatch.setattr("countersign.reconciliation.run.PAUSES", ())
    forget_settings()
    reconciliation.context.cache_clear()
    handler = load_function("reconciliation").handler

    def invoke(seconds: float = 300) -> Any:
        with acting_as(handler):
            return handler({"reconcile": {}}, LambdaContext(milliseconds=int(seconds * 1000)))

    yield invoke
    reconciliation.context.cache_clear()


def opened(step_up: StepUpBundle, subject: str) -> str:
    """A session that was opened a while ago: Stripe's clock does not tell two reads of one second
    from each other.
    """
    answer = Caller(load_function("session_creation").handler, subject).post(CREATE)
    assert answer.status == 200, answer
    session_id = str(answer.json["id"])
    row = step_up.client.tables["identity"][f"session#{session_id}"]
    row["ord"] = {"S": read_order(0, int(row["created"]["N"]) - 10)}
    return session_id


def status_of(step_up: StepUpBundle, session_id: str) -> str:
    return str(step_up.client.tables["identity"][f"session#{session_id}"]["status"]["S"])


def unheard(step_up: StepUpBundle) -> None:
    """Have Stripe's list of events tell nothing, as of an event that was never made."""
    step_up.stripe.backend.store.clear("event")


def test_a_run_repairs_what_no_event_tells(
    step_up: StepUpBundle, run: Any, clock: Clock, user: str, log: Log
) -> None:
    session_id = opened(step_up, user)
    decision = step_up.decided()
    payment = paid(
        step_up, metadata={"countersign_decision": decision["id"]}, three_d_secure=CHALLENGED
    )
    step_up.stripe.outcome(session_id, "verified")
    unheard(step_up)
    assert run() == {"reconciled": True}
    assert status_of(step_up, session_id) == "requires_input"
    clock.advance(AN_HOUR)
    assert run() == {"reconciled": True}
    assert status_of(step_up, session_id) == "verified"
    results = step_up.decider().get(f"{DECISIONS}/{decision['id']}").json["results"]
    assert results["payment"]["payment_intent"] == payment
    ends = [entry for entry in log.entries() if entry.get("message") == "reconciled"]
    assert [entry["repaired"] for entry in ends] == [0, 2]


def test_one_object_that_always_fails_holds_up_no_other(
    step_up: StepUpBundle, run: Any, clock: Clock, user: str
) -> None:
    sessions = [opened(step_up, f"{user}-{number}") for number in range(4)]
    for session_id in sessions:
        step_up.stripe.outcome(session_id, "verified")
    unheard(step_up)
    stuck, *others = sessions
    clock.advance(AN_HOUR)
    for _ in range(3):
        step_up.stripe.fault(path=f"{SESSIONS}/{stuck}", status=500, times=10)
        run()
        assert [status_of(step_up, each) for each in others] == ["verified"] * 3
        assert status_of(step_up, stuck) == "requires_input"
        clock.advance(RETRY)
    step_up.stripe.fault(path=f"{SESSIONS}/{stuck}", times=0)
    run()
    assert status_of(step_up, stuck) == "verified"


def test_an_item_that_cannot_be_read_holds_up_no_other_and_is_heard(
    step_up: StepUpBundle, run: Any, clock: Clock, user: str, log: Log
) -> None:
    broken, other = opened(step_up, f"{user}-1"), opened(step_up, f"{user}-2")
    del step_up.client.tables["identity"][f"session#{broken}"]["ord"]
    step_up.stripe.outcome(other, "verified")
    unheard(step_up)
    clock.advance(AN_HOUR)
    run()
    assert status_of(step_up, other) == "verified"
    assert log.metrics()["ReconciliationFailed"] == 1


def test_a_run_without_time_reads_nothing_and_the_next_goes_on(
    step_up: StepUpBundle, run: Any, clock: Clock, user: str
) -> None:
    session_id = opened(step_up, user)
    step_up.stripe.outcome(session_id, "verified")
    unheard(step_up)
    clock.advance(AN_HOUR)
    run(seconds=5)
    assert status_of(step_up, session_id) == "requires_input"
    run()
    assert status_of(step_up, session_id) == "verified"


def test_when_stripe_is_down_the_run_stops_asking(
    step_up: StepUpBundle, run: Any, clock: Clock, user: str
) -> None:
    sessions = [opened(step_up, f"{user}-{number}") for number in range(8)]
    unheard(step_up)
    clock.advance(AN_HOUR)
    step_up.stripe.backend.store.clear("request")
    step_up.stripe.fault(path=f"{SESSIONS}/*", status=500, times=100)
    run()
    step_up.stripe.fault(path=f"{SESSIONS}/*", times=0)
    asked = [
        request for request in step_up.stripe.requests() if request["path"].startswith(SESSIONS)
    ]
    assert len(asked) == 2 * 3  # each is tried twice
    clock.advance(RETRY)
    step_up.stripe.backend.store.clear("request")
    run()
    asked = [request["path"] for request in step_up.stripe.requests()]
    assert {f"{SESSIONS}/{each}" for each in sessions} <= set(asked)


def test_the_accounts_whose_events_are_read_are_those_with_something_open(
    step_up: StepUpBundle, run: Any, clock: Clock
) -> None:
    step_up.stripe.install(BAKERY)

    def reads() -> int:
        step_up.stripe.backend.store.clear("request")
        run()
        asked = step_up.stripe.requests()
        return sum(each["path"] == "/v1/events" and each.get("account") == BAKERY for each in asked)

    assert reads() == 0
    decision = step_up.decided()
    assert reads() > 0
    told(step_up, decision, payment_intent=paid(step_up, three_d_secure=CHALLENGED))
    clock.advance(AN_HOUR)
    assert reads() == 0
    clock.advance(2 * DAY)  # the account is probed, and was read not long ago
    assert reads() == 0
    clock.advance(6 * DAY)
    assert reads() > 0
