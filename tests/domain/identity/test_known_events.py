"""Events that say nothing new are told by a read, and never one that would still do something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.aws.table import Table
from countersign.identity.context import Context
from countersign.identity.known_events import known_events
from countersign.settings import Settings
from countersign.stripe_api.events import event_of
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.histories import Command, History, histories
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT, Object, identity_event, thin
from tests.support.visits import World


class Reread(History):
    """A history all of whose events are read again after each arrival, as reconciliation does."""

    def said(self) -> list[str]:
        """The ids of the events so far that say nothing new."""
        events = [event_of(body) for body in self.stripe.events]
        return sorted(known_events(self.context.table, events))

    def _look(self) -> None:
        super()._look()
        before, bodies = self._stored(), {body["id"]: body for body in self.stripe.events}
        for event_id in self.said():
            assert self._receive(bodies[event_id]) in ("duplicate", "superseded")
            assert self._stored() == before


def reread(seed: int = 0) -> Reread:
    clock, table = Clock(), Table("quick", QuickDynamoDB())  # type: ignore[arg-type]
    stripe = FakeStripe(clock, seed)
    return Reread(Context(table, stripe, Settings(DEPLOYMENT), clock), stripe, clock)


@pytest.mark.exhaustive  # drawn histories
@given(histories(), st.lists(st.integers(0, 60), max_size=60), st.integers(0, 2**32))
def test_what_is_known_changes_nothing_and_in_the_end_everything_of_ours_is_known(
    deployment: None, commands: list[Command], order: list[int], seed: int
) -> None:
    history = reread(seed)
    history.run(commands, order)
    for number in (0, 1):
        if history.truth(number)["status"] != "requires_input":
            sent = history.stripe.bodies(history.sessions[number])
            assert {body["id"] for body in sent} <= set(history.said())


def test_a_failed_check_is_not_known_while_its_session_may_have_to_end(world: World) -> None:
    """The user was at the limit, and Stripe did not cancel the session."""
    session_id = world.open()
    world.stripe.submit(session_id)
    world.stripe.fail(session_id, "document_expired")
    world.hear()
    events = [event_of(body) for body in world.stripe.events]
    assert known_events(world.context.table, events) == frozenset()
    world.stripe.cancel(session_id)
    world.hear()
    assert {event.id for event in events} <= known_events(world.context.table, events)


@pytest.mark.parametrize(
    "body",
    [
        thin(identity_event("verified")),
        identity_event("verified") | {"account": "acct_1"},
        identity_event("verified") | {"type": "account.application.authorized"},
        identity_event("verified", status=7),
        identity_event("verified", "vs_of_nobody"),
    ],
    ids=["thin", "connected", "other type", "malformed", "unknown"],
)
def test_what_cannot_be_told_by_a_read_is_acted_on(world: World, body: Object) -> None:
    world.receive(identity_event("redacted"))
    assert known_events(world.context.table, [event_of(body)]) == frozenset()


def test_two_hundred_sessions_are_read_in_two_requests(world: World) -> None:
    events = [event_of(identity_event("redacted", f"vs_{number}")) for number in range(200)]
    for number in range(200):
        world.receive(identity_event("redacted", f"vs_{number}"))
    assert len(known_events(world.context.table, events)) == 200
