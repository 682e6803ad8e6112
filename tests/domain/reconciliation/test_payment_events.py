"""Events of payments that no webhook brought wake them, once; what is woken since says nothing new."""

from functools import partial
from typing import Any

from msgspec.structs import force_setattr

from countersign.installs import store as installations
from countersign.payments.intent_marks import intent_key, load_marks, wake
from countersign.reconciliation.read_events import read_account_events
from countersign.reconciliation.run import Run
from countersign.reconciliation.run_record import RunRecord
from countersign.reconciliation.windows import HOUR
from tests.support.reconciling import Reconciling
from tests.support.stand_in import BAKERY
from tests.support.stripe_objects import stripe_event

INTENT, PAYMENT = "pi_1", "pay_" + "a" * 22


def read(run: Run) -> None:
    table = run.context.installs().table
    read_account_events(run, installations.load(table, BAKERY))


def marked(reconciling: Reconciling, **members: Any) -> None:
    """A payment has this PaymentIntent."""
    names = {"payment": PAYMENT, **members}
    for name, value in names.items():
        table = reconciling.payments.table
        table.update(intent_key(BAKERY, INTENT), f"SET {name} = :v", "", {":v": value})
    reconciling.steps = (read,)


def happens(reconciling: Reconciling, kind: str, intent: str = INTENT) -> None:
    """An event at the merchant's account, of which no webhook tells."""
    family = kind.split(".")[0]
    found: dict[str, Any] = {"id": f"{family}_1", "object": family, "payment_intent": intent}
    if family == "payment_intent":
        found = {"id": intent, "object": family, "metadata": {"countersign_payment": PAYMENT}}
    event = stripe_event(kind, found, created=reconciling.clock(), account=BAKERY)
    reconciling.connected.append(event | {"id": f"evt_{len(reconciling.connected)}"})


def due_at(reconciling: Reconciling) -> int | None:
    pk = intent_key(BAKERY, INTENT)
    return load_marks(reconciling.payments.table, [pk])[pk].due_at


def run(reconciling: Reconciling) -> RunRecord:
    """A run over the last hour that somebody calls for."""
    reconciling.clock.advance(60)
    return reconciling.call(reconciling.clock() - HOUR, reconciling.clock() + 1)


def test_a_refund_that_no_webhook_told_wakes_its_payment_once(reconciling: Reconciling) -> None:
    marked(reconciling, ended=True)
    happens(reconciling, "refund.created")
    first = run(reconciling)
    assert (first.found, first.repaired) == (1, 1)
    assert due_at(reconciling) == reconciling.clock()
    again = run(reconciling)
    assert (again.found, again.repaired) == (1, 0)


def test_what_a_webhook_has_brought_wakes_nothing(reconciling: Reconciling) -> None:
    marked(reconciling)
    happens(reconciling, "payment_intent.succeeded")
    reconciling.clock.advance(1)
    at = reconciling.clock()
    wake(reconciling.payments.table, BAKERY, INTENT, at, after_end=False)
    found = run(reconciling)
    assert (found.found, found.repaired) == (1, 0)
    assert due_at(reconciling) == at


def test_a_payment_that_has_ended_is_not_woken_by_its_own_end(reconciling: Reconciling) -> None:
    marked(reconciling, ended=True)
    happens(reconciling, "payment_intent.succeeded")
    assert (run(reconciling).repaired, due_at(reconciling)) == (0, None)


def test_the_payments_of_others_on_the_account_are_none_of_ours(reconciling: Reconciling) -> None:
    marked(reconciling)
    happens(reconciling, "refund.created", "pi_foreign")
    happens(reconciling, "review.opened", "pi_foreign")
    found = run(reconciling)
    assert (found.status, found.found, found.repaired) == ("done", 0, 0)
    assert due_at(reconciling) is None


def test_a_hundred_and_more_events_are_known_by_two_reads(reconciling: Reconciling) -> None:
    marked(reconciling, ended=True)
    at = reconciling.clock() + 1
    table = reconciling.payments.table
    names = [f"pi_{number}" for number in range(101)]
    for name in names:
        table.update(intent_key(BAKERY, name), "SET payment = :v", "", {":v": PAYMENT})
        wake(table, BAKERY, name, at, after_end=True)
        happens(reconciling, "refund.updated", name)
    asked: list[int] = []
    get_many = partial(type(table).get_many, table)

    class Counted:
        def __getattr__(self, name: str) -> Any:
            return getattr(table, name)

        def get_many(self, pks: Any) -> Any:
            asked.append(len(pks))
            return get_many(pks)

    counted: Any = Counted()
    force_setattr(reconciling.payments, "table", counted)
    found = run(reconciling)
    assert (found.found, found.repaired) == (101, 0)
    assert asked == [100, 1]
