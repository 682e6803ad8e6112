"""What Stripe refuses of a PaymentIntent before it does anything."""

from typing import Any

import pytest
import stripe
from stripe import PaymentIntent

from tests.stand_in.intents import ORDER, Intents, refused
from tests.stand_in.payments import authenticate, make
from tests.stand_in.shapes import problems
from tests.support.stand_in import BAKERY, BOOKSHOP, StandIn


@pytest.fixture
def intents(shop: StandIn) -> Intents:
    return Intents(shop)


def raw(stand_in: StandIn, path: str, **data: str) -> Any:
    """A call as JSON, for what the SDK's types do not let through."""
    header = {"Stripe-Account": BAKERY}
    return stand_in.call("POST", f"/v1/{path}", headers=header, data=data).json()


@pytest.mark.parametrize(("changed", "param", "code"), [
    ({"amount": "49"}, "amount", "amount_too_small"), ({"amount": "100000000"}, "amount", "amount_too_large"),
    ({"amount": "19.99"}, "amount", "parameter_invalid_integer"), ({"currency": "euro"}, "currency", None),
    ({"currency": "kwd", "amount": "1001"}, "amount", "parameter_invalid_integer"),
    ({"currency": "jpy", "amount": "49"}, "amount", "amount_too_small"),
    ({"customer": "cus_unknown"}, "customer", "resource_missing"), ({"confirm": "true"}, "confirm", None),
    ({"application_fee_amount": "2000"}, "application_fee_amount", None), ({"color": "red"}, "color", "parameter_unknown"),
    ({"payment_method_types[]": "card"}, "payment_method_types", "payment_method_types_no_longer_supported"),
    ({"capture_method": "by_hand"}, "capture_method", None), ({"payment_method": "pm_1"}, "payment_method", "resource_missing"),
    ({"payment_method_options[card][moto]": "true"}, "payment_method_options[card][moto]", None),
    ({"on_behalf_of": BAKERY}, "on_behalf_of", None), ({"metadata[a]": "x" * 501}, "metadata[a]", None),
])  # fmt: skip
def test_an_order_that_stripe_does_not_take_is_refused(
    shop: StandIn, changed: dict[str, str], param: str, code: str | None
) -> None:
    good = {"amount": "1999", "currency": "eur", "allowed_payment_method_types[]": "card"}
    error = raw(shop, "payment_intents", **good | changed)["error"]
    assert (error["param"], error.get("code")) == (param, code)
    assert raw(shop, "payment_intents", **good)["status"] == "requires_payment_method"


@pytest.mark.parametrize(
    ("amount", "currency"), [(50, "jpy"), (1000, "kwd"), (99_999_999, "usd"), (30, "gbp")]
)
def test_every_amount_that_stripe_takes_is_taken(
    intents: Intents, amount: int, currency: str
) -> None:
    intent = intents.create(amount=amount, currency=currency)
    assert intents.read(intent)["amount"] == amount


def test_our_own_account_takes_no_fee_of_itself(stand_in: StandIn) -> None:
    order: Any = ORDER | {"application_fee_amount": 100}
    with refused(400, None) as error:
        stand_in.stripe.v1.payment_intents.create(order)
    assert error["param"] == "application_fee_amount"


def test_a_card_that_is_saved_is_its_customers(intents: Intents) -> None:
    saved = intents.card(customer="cus_1", last4="4242")
    alone, theirs = intents.create(), intents.create(customer="cus_1")
    with refused(400, None) as error:
        intents.confirm(alone, saved)
    assert "belongs to the Customer cus_1" in error["message"]
    assert intents.confirm(theirs, saved)["customer"] == "cus_1"
    again = intents.create(customer="cus_1")
    assert intents.confirm(again, saved)["status"] == "requires_capture"


def test_a_card_that_is_not_saved_pays_once(intents: Intents) -> None:
    method = intents.card()
    intents.confirm(intents.create(), method)
    with refused(400, None) as error:
        intents.confirm(intents.create(), method)
    assert "was previously used" in error["message"]


def test_a_customer_is_made_by_a_control(intents: Intents) -> None:
    made = make(intents.stand_in, "/_customers")
    assert problems(made, stripe.Customer) == []
    assert intents.read(intents.create(customer=made["id"]))["customer"] == made["id"]
    with refused(400, "resource_missing"):
        intents.stand_in.install(BOOKSHOP)
        Intents(intents.stand_in, BOOKSHOP).create(customer=made["id"])


@pytest.mark.parametrize("act", ["confirm", "capture", "cancel"])
def test_what_the_state_does_not_allow_is_refused_with_the_payment_inside(
    intents: Intents, act: str
) -> None:
    intent = intents.held()
    intents.capture(intent)
    with refused(400, "payment_intent_unexpected_state") as error:
        getattr(intents, act)(intent)
    assert problems(error["payment_intent"], PaymentIntent) == []
    assert error["payment_intent"]["status"] == "succeeded"
    assert error["payment_intent"]["id"] == intent


def test_while_a_challenge_is_open_no_card_is_confirmed(intents: Intents) -> None:
    intent = intents.create()
    intents.confirm(intent, "pm_card_threeDSecure2Required")
    with refused(400, "payment_intent_unexpected_state") as error:
        intents.confirm(intent, "pm_card_visa")
    assert error["payment_intent"]["status"] == "requires_action"
    authenticate(intents.stand_in, {"id": intent}, "pass")
    assert intents.confirm(intent)["status"] == "requires_capture"


def test_an_address_that_is_none_is_refused(intents: Intents) -> None:
    with refused(400, "url_invalid"):
        intents.confirm(intents.create(), "pm_card_visa", return_url="javascript:alert(1)")


def test_a_merchant_changes_how_an_open_payment_is_captured(intents: Intents) -> None:
    intent = intents.create()
    intents.calls.update(intent, {"capture_method": "automatic"})
    paid = intents.confirm(intent, "pm_card_visa")
    assert (paid["status"], paid["capture_method"]) == ("succeeded", "automatic")


def test_without_a_card_there_is_nothing_to_confirm(intents: Intents) -> None:
    with refused(400, "payment_intent_unexpected_state") as error:
        intents.confirm(intents.create())
    assert "missing a payment method" in error["message"]


@pytest.mark.parametrize("amount", [0, 2000])
def test_only_what_is_held_is_captured(intents: Intents, amount: int) -> None:
    intent = intents.held()
    with refused(400, "amount_too_large"):
        intents.capture(intent, amount_to_capture=amount)
    less = intents.capture(intent, amount_to_capture=1500)
    assert (less["amount_received"], less["latest_charge"]["amount_captured"]) == (1500, 1500)


def test_the_fee_is_that_of_the_order(intents: Intents) -> None:
    intent = intents.create(application_fee_amount=100)
    held = intents.confirm(intent, "pm_card_visa")
    assert held["latest_charge"]["application_fee_amount"] == 100
    charge = intents.capture(intent)["latest_charge"]
    assert charge["application_fee_amount"] == 100
    assert intents.read(intent)["latest_charge"]["application_fee"].startswith("fee_")


def test_a_payment_that_has_ended_can_be_marked_and_not_changed(intents: Intents) -> None:
    intent = intents.held()
    marked: Any = {"metadata": {"seen": "yes"}}
    assert intents.calls.update(intent, marked).to_dict()["metadata"] == {"seen": "yes"}
    with refused(400, "payment_intent_unexpected_state"):
        intents.calls.update(intent, {"amount": 2500})
    assert intents.read(intent)["amount"] == 1999
