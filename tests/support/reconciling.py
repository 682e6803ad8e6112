"""A deployment whose webhooks are lost, and its reconciliation, all in this process."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.identity import store as sessions
from countersign.identity.known_events import known_events
from countersign.identity.snapshot import Snapshot
from countersign.installs.context import Context as InstallsContext
from countersign.payments.intent_marks import Context as PaymentsContext
from countersign.payments.known_events import known_payment_events
from countersign.reconciliation import store
from countersign.reconciliation.begin_run import begin_run
from countersign.reconciliation.context import Context, at_pace
from countersign.reconciliation.perform import Step
from countersign.reconciliation.read_events import read_own_events
from countersign.reconciliation.run_all import run_called, run_schedule
from countersign.reconciliation.run_record import RunRecord
from countersign.reconciliation.windows import Progress
from countersign.stripe_api.events import event_of
from countersign.webhooks.receivers import receivers
from tests.support.crashes import Fuse, fused
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_events import FakeEvents
from tests.support.install_bundle import APPLICATION_ID
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import Object
from tests.support.visits import World

LONG = 270.0
"""Seconds that an invocation has, if the test does not say otherwise."""


class Reconciling:
    """Identity and install links (`world`, `accounts`), Stripe's list of all that happened there,
    and the operations table. `left` are the seconds that the invocation has left; waiting takes
    them, and no time of Stripe's.
    """

    def __init__(self) -> None:
        self.world = World(stripe_application_id=APPLICATION_ID)
        self.clock = self.world.clock
        self.connected: list[Object] = []
        self.events = FakeEvents(self.clock, lambda: [*self.world.stripe.events, *self.connected])
        self.accounts = FakeAccounts(self.clock)
        self.dynamodb: Any = QuickDynamoDB("operations")
        self.left = LONG
        self.elapsed = 0.0
        self.steps: Sequence[Step] = (read_own_events,)
        self.installs = InstallsContext(
            Table("quick", QuickDynamoDB()), self.accounts, self.world.context.settings, self.clock
        )

        self.payments = PaymentsContext(
            Table("quick", QuickDynamoDB()), None, self.world.context.settings, self.clock
        )

    def context(self, fuse: Fuse | None = None) -> Context:
        """The context of a process, which dies when the fuse has burnt down."""
        identity = fused(self.world.context, fuse) if fuse else self.world.context
        installs = fused(self.installs, fuse) if fuse else self.installs
        payments = fused(self.payments, fuse) if fuse else self.payments
        own = Context(
            Table("operations", self.dynamodb),
            self.events,
            self.world.context.settings,
            self.clock,
            receivers=lambda pace: receivers(
                lambda: at_pace(identity, pace), lambda: at_pace(installs, pace), lambda: payments
            ),
            known=lambda events: (
                known_events(identity.table, events) | known_payment_events(payments.table, events)
            ),
            installs=lambda: installs,
            monotonic=lambda: self.elapsed,
            sleep=self._sleep,
            remaining=lambda: self.left,
        )
        return fused(own, fuse) if fuse else own

    def tick(self, fuse: Fuse | None = None) -> bool:
        """One invocation by the schedule."""
        return run_schedule(self.context(fuse), self.steps)

    def call(self, from_at: int, to_at: int, fuse: Fuse | None = None) -> RunRecord:
        """A run that somebody calls for, and performs; returns what is stored of it then."""
        context = self.context(fuse)
        record = begin_run(context, from_at, to_at)
        run_called(context, self.steps, record.id)
        return self.run(record.id)

    def run(self, run_id: str) -> RunRecord:
        """What is stored of a run."""
        found = store.load_run(self.context().table, run_id)
        assert found is not None
        return found

    def progress(self) -> Progress | None:
        """How far the schedule has read our own account's events."""
        return store.load_progress(self.context().table)

    def unapplied(self) -> list[str]:
        """The listed events of ours before the schedule's cursor that what is stored is older than."""
        progress = self.progress()
        return [
            body["id"]
            for body in self.world.stripe.events
            if progress
            and body["created"] < progress.settled_to
            and self._is_ours(body)
            and not self._is_applied(body)
        ]

    def _is_ours(self, body: Object) -> bool:
        return "countersign" in body["data"]["object"]["metadata"]

    def _is_applied(self, body: Object) -> bool:
        snapshot = Snapshot.from_event(event_of(body))
        session = sessions.load(self.world.context.table, snapshot.id)
        return session is not None and session.ord >= snapshot.ord

    def _sleep(self, seconds: float) -> None:
        self.elapsed += seconds
        self.left -= seconds


def skewed(reconciling: Reconciling, seconds: int) -> Context:
    """The context of a process whose own clock is wrong by so many seconds."""
    return replace(reconciling.context(), now=lambda: reconciling.clock() + seconds)
