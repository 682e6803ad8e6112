"""Events of payments through the webhook: they wake what is ours, in one write, and say nothing."""

from typing import Any

import pytest

from countersign.payments.receive_event import LISTED_TYPES, TYPES
from countersign.reconciliation.stripe_calls import MOST_TYPES
from countersign.webhooks.receivers import CONNECTED_TYPES
from tests.support.chromium import Json
from tests.support.logs import Log
from tests.support.payments_bundle import PaymentsBundle
from tests.support.stand_in import BAKERY, BOOKSHOP
from tests.support.stripe_objects import stripe_event, thin


def about(kind: str, intent: str, payment: str | None, account: str | None = BAKERY) -> Json:
    """An event of this type about a PaymentIntent, with or without the metadata of a payment."""
    metadata = {"countersign_payment": payment} if payment else {}
    if kind.startswith("payment_intent."):
        found: Json = {"id": intent, "object": "payment_intent", "metadata": metadata}
    elif kind.startswith("charge.") and not kind.startswith(("charge.dispute", "charge.refund.")):
        found = {"id": "ch_1", "object": "charge", "payment_intent": intent, "metadata": metadata}
    else:
        name = kind.rpartition(".")[0].rpartition(".")[2]
        found = {"id": f"{name}_1", "object": name, "payment_intent": intent}
    return stripe_event(kind, found, **({"account": account} if account else {}))


def waiting(payments: PaymentsBundle) -> tuple[str, str]:
    """A payment whose payer has to act, and its PaymentIntent."""
    card = payments.card(country="FR", plays="challenge")
    made = payments.created(payment_method=card, amount=90_000)
    done = payments.confirmed(made["id"])
    assert done["status"] == "requires_action", done
    return made["id"], str(payments.record(made["id"]).payment_intent)


def paid(payments: PaymentsBundle) -> tuple[str, str]:
    """A payment that is captured, and its PaymentIntent."""
    made = payments.created(payment_method=payments.card())
    assert payments.confirmed(made["id"])["status"] == "succeeded"
    return made["id"], str(payments.record(made["id"]).payment_intent)


def due_at(payments: PaymentsBundle, intent: str) -> Any:
    """When the mark of a PaymentIntent is due, if it is."""
    return payments.items()[f"intent#{BAKERY}#{intent}"].get("due_at")


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_each_type_wakes_an_open_payment_in_one_write(payments: PaymentsBundle, kind: str) -> None:
    payment, intent = waiting(payments)
    assert due_at(payments, intent) is None
    payments.client.calls.clear()
    assert payments.tell(about(kind, intent, payment)) == "applied"
    assert payments.client.calls == ["UpdateItem"]
    assert due_at(payments, intent) is not None


def test_what_was_woken_is_read_by_the_next_sweep(payments: PaymentsBundle) -> None:
    payment, intent = waiting(payments)
    payments.merchant_does(payment, "cancel")
    assert payments.sweep()["looked_at"] == 0
    assert payments.tell(about("payment_intent.canceled", intent, payment)) == "applied"
    assert payments.sweep() == {"looked_at": 1, "moved": 1, "failed": 0}
    assert payments.read(payment)["status"] == "canceled"
    assert due_at(payments, intent) is None
    assert payments.sweep()["looked_at"] == 0


def test_an_event_that_comes_again_wakes_once_until_it_is_read(payments: PaymentsBundle) -> None:
    payment, intent = waiting(payments)
    event = about("charge.failed", intent, payment)
    assert [payments.tell(event), payments.tell(event)] == ["applied", "applied"]
    assert payments.sweep()["looked_at"] == 1


def test_what_was_told_until_a_payment_was_captured_is_not_read_at_stripe(
    payments: PaymentsBundle,
) -> None:
    payment, intent = waiting(payments)
    payments.authenticate(payment)
    assert payments.tell(about("payment_intent.requires_action", intent, payment)) == "applied"
    assert payments.confirmed(payment)["status"] == "succeeded"
    assert due_at(payments, intent) is not None
    assert payments.sweep()["looked_at"] == 0
    assert due_at(payments, intent) is None


def test_after_the_end_only_refunds_disputes_and_reviews_wake(payments: PaymentsBundle) -> None:
    payment, intent = paid(payments)
    outcomes = {kind: payments.tell(about(kind, intent, payment)) for kind in TYPES}
    woken = {kind for kind, outcome in outcomes.items() if outcome == "applied"}
    assert woken == {
        kind
        for kind in TYPES
        if kind.startswith(("refund.", "review.", "charge.refund", "charge.dispute."))
    }
    assert set(outcomes.values()) == {"applied", "ignored"}


def test_a_refund_and_a_dispute_are_read_and_shown(payments: PaymentsBundle) -> None:
    payment, intent = paid(payments)
    payments.merchant_does(payment, "refund", amount=99)
    assert payments.tell(about("refund.created", intent, payment)) == "applied"
    payments.sweep()
    assert payments.read(payment)["amount_refunded"] == 99
    payments.merchant_does(payment, "dispute")
    assert payments.tell(about("charge.dispute.created", intent, payment)) == "applied"
    payments.sweep()
    assert payments.read(payment)["disputed"] is True


@pytest.mark.parametrize("payment", [None, "pay_short", "pay_" + "a" * 23])
@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "charge.updated", "charge.refunded"])
def test_a_payment_that_is_not_ours_costs_nothing(
    payments: PaymentsBundle, kind: str, payment: str | None
) -> None:
    payments.client.calls.clear()
    assert payments.tell(about(kind, "pi_foreign", payment)) == "ignored"
    assert payments.client.calls == []


@pytest.mark.parametrize("kind", ["refund.created", "charge.dispute.created", "review.opened"])
def test_what_does_not_say_whose_it_is_costs_one_write(payments: PaymentsBundle, kind: str) -> None:
    payments.client.calls.clear()
    assert payments.tell(about(kind, "pi_foreign", None)) == "ignored"
    assert payments.client.calls == ["UpdateItem"]
    assert [pk for pk in payments.items() if pk.startswith("intent#")] == []


@pytest.mark.parametrize("account", [None, BOOKSHOP])
def test_the_account_says_whose_payment_intent_it_is(
    payments: PaymentsBundle, account: str | None
) -> None:
    """Another merchant can put whatever they like into their metadata."""
    payment, intent = waiting(payments)
    assert payments.tell(about("payment_intent.succeeded", intent, payment, account)) == "ignored"
    assert due_at(payments, intent) is None


def test_a_thin_event_wakes_by_the_payment_intent_that_it_names(payments: PaymentsBundle) -> None:
    payment, intent = waiting(payments)
    event = thin(about("payment_intent.succeeded", intent, payment))
    assert payments.tell(event) == "applied"
    assert due_at(payments, intent) is not None
    payments.client.calls.clear()
    assert payments.tell(thin(about("payment_intent.succeeded", "pi_foreign", None))) == "ignored"
    assert payments.client.calls == ["UpdateItem"]


@pytest.mark.parametrize("kind", ["charge.updated", "refund.created", "charge.dispute.created"])
def test_a_thin_event_that_does_not_name_a_payment_intent_is_counted(
    payments: PaymentsBundle, log: Log, kind: str
) -> None:
    payment, intent = waiting(payments)
    assert payments.tell(thin(about(kind, intent, payment))) == "ignored"
    assert log.metrics()["UnusableEvent"] == 1


@pytest.mark.parametrize(
    "members",
    [
        {"metadata": ["countersign_payment"]},
        {"metadata": {"countersign_payment": {"id": 1}}},
        {"metadata": None},
        {"id": 7, "metadata": {"countersign_payment": "pay_" + "a" * 22}},
        {"id": "pi_" + "a" * 2000, "metadata": {"countersign_payment": "pay_" + "a" * 22}},
        {"object": ["payment_intent"]},
        {"object": "refund", "payment_intent": {"id": ["pi_1"]}},
        {"object": "review", "payment_intent": None},
    ],
)
def test_an_object_of_another_form_is_ignored(payments: PaymentsBundle, members: Json) -> None:
    found = {"id": "pi_1", "object": "payment_intent"} | members
    event = stripe_event("payment_intent.succeeded", found, account=BAKERY, id="evt_1")
    assert payments.tell(event) == "ignored"


def test_one_list_of_stripes_has_all_types_that_are_asked_for() -> None:
    assert LISTED_TYPES < TYPES
    assert LISTED_TYPES < CONNECTED_TYPES
    assert len(CONNECTED_TYPES) <= MOST_TYPES
