"""What becomes of a payment after it was authorized, without the app: holds that end, reviews,
refunds, disputes, and the events of each.
"""

from typing import Any

import pytest
from stripe import Charge, Dispute, PaymentIntent, Refund, Review
from stripe.radar import EarlyFraudWarning

from tests.stand_in.intents import Intents, events_of, refused
from tests.stand_in.payments import do, read
from tests.stand_in.shapes import problems
from tests.support.stand_in import BAKERY, StandIn
from tests.support.stand_in_servers import eventually

DAY = 24 * 3600


@pytest.fixture
def intents(shop: StandIn) -> Intents:
    return Intents(shop)


def act(intents: Intents, intent: str, name: str, **more: Any) -> None:
    do(intents.stand_in, {"id": intent}, name, **more)


def told(intents: Intents, type_: str) -> dict[str, Any]:
    """The object of the last event of this type."""
    events_of(intents.stand_in)
    found = read(intents.stand_in, "events", type=type_)["data"][0]["data"]["object"]
    return dict(found)


def ledger(intents: Intents, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = intents.stand_in.http.get("/_ledger").json()[kind]
    return found


@pytest.mark.parametrize(("currency", "days"), [("eur", 7), ("jpy", 30)])
def test_a_charge_says_until_when_it_can_be_captured(
    intents: Intents, currency: str, days: int
) -> None:
    held = intents.confirm(intents.create(currency=currency), "pm_card_visa")
    charge = held["latest_charge"]
    before = charge["payment_method_details"]["card"]["capture_before"]
    assert before - charge["created"] == days * DAY


def test_a_hold_ends_by_itself(intents: Intents) -> None:
    ends, captured = intents.held(hold_s=1), intents.held(hold_s=1)
    intents.capture(captured)
    eventually(lambda: intents.read(ends)["status"] == "canceled")
    whole = intents.read(ends)
    assert problems(whole, PaymentIntent) == []
    assert whole["cancellation_reason"] == "expired"
    assert whole["latest_charge"]["amount_captured"] == 0
    assert events_of(intents.stand_in)[-2:] == ["charge.expired", "payment_intent.canceled"]
    assert intents.read(captured)["status"] == "succeeded"


def test_a_hold_ends_after_a_week_that_nobody_waits_for(intents: Intents) -> None:
    intent = intents.held()
    intents.stand_in.clock.offset = 7 * DAY + 1
    eventually(lambda: intents.read(intent)["status"] == "canceled")


@pytest.mark.parametrize(("name", "events"), [
    ("capture", ["charge.captured", "payment_intent.succeeded", "charge.updated"]),
    ("cancel", ["charge.refunded", "payment_intent.canceled"]),
    ("expire", ["charge.expired", "payment_intent.canceled"]),
])  # fmt: skip
def test_what_the_merchant_does_is_told_as_what_the_app_does(
    intents: Intents, name: str, events: list[str]
) -> None:
    intent = intents.held()
    before = len(events_of(intents.stand_in))
    act(intents, intent, name)
    assert events_of(intents.stand_in)[before:] == events
    with refused(400, "payment_intent_unexpected_state"):
        intents.capture(intent)


def test_a_refund_is_told_and_counted(intents: Intents) -> None:
    intent = intents.held()
    intents.capture(intent)
    act(intents, intent, "refund", amount=500)
    assert events_of(intents.stand_in)[-2:] == ["refund.created", "charge.refunded"]
    refund = told(intents, "refund.created")
    assert problems(refund, Refund) == []
    assert (refund["amount"], refund["payment_intent"]) == (500, intent)
    assert problems(told(intents, "charge.refunded"), Charge) == []
    assert intents.read(intent)["latest_charge"]["amount_refunded"] == 500
    assert [each["id"] for each in ledger(intents, "refunds")] == [refund["id"]]


@pytest.mark.parametrize(("alias", "type_", "refunded"), [
    ("pendingRefund", "refund.updated", 1999), ("refundFail", "refund.failed", 0),
])  # fmt: skip
def test_some_refunds_take_their_time(
    intents: Intents, alias: str, type_: str, refunded: int
) -> None:
    intent = intents.create()
    intents.confirm(intent, f"pm_card_{alias}")
    intents.capture(intent)
    act(intents, intent, "refund")
    eventually(lambda: type_ in events_of(intents.stand_in))
    assert problems(told(intents, type_), Refund) == []
    assert intents.read(intent)["latest_charge"]["amount_refunded"] == refunded


def test_a_dispute_is_told(intents: Intents) -> None:
    intent = intents.held()
    intents.capture(intent)
    act(intents, intent, "dispute")
    assert events_of(intents.stand_in)[-2:] == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn",
    ]  # fmt: skip
    dispute = told(intents, "charge.dispute.created")
    assert problems(dispute, Dispute) == []
    assert (dispute["payment_intent"], dispute["amount"]) == (intent, 1999)
    assert intents.read(intent)["latest_charge"]["disputed"] is True


@pytest.mark.parametrize(("alias", "reason", "status"), [
    ("createDispute", "fraudulent", "needs_response"),
    ("createDisputeProductNotReceived", "product_not_received", "needs_response"),
    ("createDisputeInquiry", "fraudulent", "warning_needs_response"),
])  # fmt: skip
def test_some_cards_dispute_what_they_paid(
    intents: Intents, alias: str, reason: str, status: str
) -> None:
    intent = intents.create()
    intents.confirm(intent, f"pm_card_{alias}")
    assert ledger(intents, "disputes") == []
    intents.capture(intent)
    dispute = ledger(intents, "disputes")[0]
    assert (dispute["account"], dispute["reason"], dispute["status"]) == (BAKERY, reason, status)


def test_a_network_warns_of_fraud(intents: Intents) -> None:
    intent = intents.create()
    intents.confirm(intent, "pm_card_createIssuerFraudRecord")
    intents.capture(intent)
    warning = told(intents, "radar.early_fraud_warning.created")
    assert problems(warning, EarlyFraudWarning) == []
    assert warning["payment_intent"] == intent


@pytest.mark.parametrize("card", [{"last4": "9235"}, {"country": "FR", "in_review": True}])
def test_a_payment_is_reviewed_from_its_authorization_on(
    intents: Intents, card: dict[str, Any]
) -> None:
    intent = intents.held(**card)
    review = intents.read(intent, "review")["review"]
    assert problems(review, Review) == []
    assert (review["open"], review["reason"], review["payment_intent"]) == (True, "rule", intent)
    assert events_of(intents.stand_in)[-1] == "review.opened"
    act(intents, intent, "approve_review")
    closed = intents.read(intent, "review")["review"]
    assert problems(closed, Review) == []
    assert (closed["open"], closed["reason"]) == (False, "approved")
    assert events_of(intents.stand_in)[-1] == "review.closed"


def test_a_merchant_opens_a_review_and_refuses_the_payment(intents: Intents) -> None:
    intent = intents.held()
    order = {"account": BAKERY, "payment_intent": intent, "do": "approve_review"}
    assert intents.stand_in.post("/_merchant", order).status_code == 400
    act(intents, intent, "open_review")
    assert intents.read(intent)["latest_charge"]["review"] == intents.read(intent)["review"]
    act(intents, intent, "refuse_review")
    review = intents.read(intent, "review")["review"]
    assert (review["open"], review["closed_reason"]) == (False, "refunded_as_fraud")
    assert intents.read(intent)["status"] == "requires_capture"


def test_a_review_ends_with_its_payment(intents: Intents) -> None:
    intent = intents.held(in_review=True)
    intents.cancel(intent)
    assert intents.read(intent, "review")["review"]["reason"] == "canceled"
    assert [each["open"] for each in ledger(intents, "reviews")] == [False]


def test_what_becomes_of_a_payment_is_told_only_with_permission(intents: Intents) -> None:
    intent = intents.held()
    before = events_of(intents.stand_in)
    for permission in ("charge_read", "dispute_read"):
        order = {"account": BAKERY, "do": "withdraw_permission", "permission": permission}
        assert intents.stand_in.post("/_merchant", order).status_code == 200
    captured: Any = intents.calls.capture(intent, {"amount_to_capture": 1999})
    assert captured.status == "succeeded"
    order = {"account": BAKERY, "payment_intent": intent, "do": "dispute"}
    assert intents.stand_in.post("/_merchant", order).status_code == 200
    assert events_of(intents.stand_in) == [*before, "payment_intent.succeeded"]
