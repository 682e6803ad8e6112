"""What a payer types into Stripe's card fields on a site, and the 3-D Secure that follows."""

from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from local.stand_in.card_numbers import card_of
from tests.stand_in.payments import EURO, INTENTS, METHODS, make, read
from tests.support.browser import press
from tests.support.stand_in import BAKERY, StandIn

CARDS = [
    ("4242424242424242", "visa", "US", "credit"),
    ("4000002500000003", "visa", "FR", "credit"),
    ("4000003920000003", "visa", "JP", "credit"),
    ("4000008260000000", "visa", "GB", "credit"),
    ("4000000000000002", "visa", "US", "credit"),
    ("4000056655665556", "visa", "US", "debit"),
    ("5105105105105100", "mastercard", "US", "prepaid"),
    ("2223003122003222", "mastercard", "US", "credit"),
    ("378282246310005", "amex", "US", "credit"),
    ("3566002020360505", "jcb", "US", "credit"),
]
ACT = "secret => { window.acted = window.stripe.handleCardAction(secret); }"


@pytest.mark.parametrize(("number", "brand", "country", "funding"), CARDS)
def test_a_test_number_is_the_card_that_stripe_has_for_it(
    number: str, brand: str, country: str, funding: str
) -> None:
    card = card_of(number, 12, 2034)
    assert card
    assert (card.brand, card.country, card.funding) == (brand, country, funding)
    assert number.endswith(card.last4)


def test_a_co_badged_number_has_both_networks() -> None:
    card = card_of("4000002500001001", 12, 2034)
    assert card
    assert card.networks
    assert card.networks.available == ["cartes_bancaires", "visa"]


@pytest.mark.parametrize("number", ["4242424242424241", "4242", "1234567890123452", "42424242x"])
def test_a_number_that_no_card_has_is_none(number: str) -> None:
    assert card_of(number, 12, 2034) is None


def type_card(page: Page, number: str, expiry: str = "12 / 34", cvc: str = "123") -> None:
    card = page.frame_locator("#card iframe")
    card.get_by_label("Card number").fill(number)
    card.get_by_label("Expiry").fill(expiry)
    card.get_by_label("CVC").fill(cvc)


def made(page: Page, what: str) -> Any:
    return page.evaluate(f"() => window.stripe.{what}({{ elements: window.elements }})")


@pytest.mark.parametrize(
    ("what", "result", "path"),
    [
        ("createPaymentMethod", "paymentMethod", "payment_methods"),
        ("createConfirmationToken", "confirmationToken", "confirmation_tokens"),
    ],
)
def test_a_typed_card_becomes_an_object_of_the_merchants_account(
    page: Page, stand_in: StandIn, what: str, result: str, path: str
) -> None:
    stand_in.install()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.evaluate("account => window.load(account)", BAKERY)
    type_card(page, "4000 0025 0000 0003")
    found = made(page, what)[result]
    seen = read(stand_in, f"{path}/{found['id']}")
    card = seen.get("card") or seen["payment_method_preview"]["card"]
    assert (card["last4"], card["country"], card["exp_year"]) == ("0003", "FR", 2034)
    assert page.evaluate("() => window.changes.at(-1).complete") is True
    assert not any("0003" in address for address in addresses)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("",), "incomplete_number"),
        (("4242424242424241",), "invalid_number"),
        (("4242424242424242", "12 / 20"), "invalid_expiry_year_past"),
        (("4242424242424242", "13 / 34"), "invalid_expiry_month"),
        (("4242424242424242", "12"), "incomplete_expiry"),
        (("4242424242424242", "12 / 34", "1"), "incomplete_cvc"),
    ],
)
def test_what_is_typed_wrong_is_said_so(
    page: Page, stand_in: StandIn, typed: tuple[str, ...], code: str
) -> None:
    stand_in.install()
    page.evaluate("account => window.load(account)", BAKERY)
    type_card(page, *typed)
    assert made(page, "createPaymentMethod")["error"]["code"] == code


def test_no_card_is_made_on_an_account_without_the_app(page: Page, stand_in: StandIn) -> None:
    page.evaluate("account => window.load(account)", BAKERY)
    type_card(page, "4242424242424242")
    assert made(page, "createConfirmationToken")["error"]["code"] == "account_invalid"


def acted(page: Page) -> Any:
    """What `handleCardAction` resolves with, in a while."""
    page.wait_for_function("() => window.acted.then((result) => ({ result }))")
    return page.evaluate("() => window.acted")


def begin(page: Page, stand_in: StandIn) -> tuple[dict[str, Any], FrameLocator]:
    """A payment that waits for its payer, in front of them."""
    stand_in.install()
    method = make(stand_in, METHODS, card={"last4": "3220"})
    intent = make(stand_in, INTENTS, payment_method=method["id"], **EURO)
    assert intent["status"] == "requires_action"
    page.evaluate("account => window.load(account)", BAKERY)
    page.evaluate(ACT, intent["client_secret"])
    return intent, page.frame_locator("dialog iframe")


def test_a_payer_passes_the_challenge_and_sees_what_for(page: Page, stand_in: StandIn) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    intent, bank = begin(page, stand_in)
    expect(bank.locator("#amount")).to_have_text("19.99 EUR")
    expect(bank.locator("#last4")).to_have_text("3220")
    press(bank.get_by_role("button", name="Confirm"))
    assert acted(page)["paymentIntent"]["id"] == intent["id"]
    seen = read(stand_in, f"payment_intents/{intent['id']}")
    assert seen["status"] in ("requires_confirmation", "succeeded")
    secret = intent["client_secret"].partition("_secret_")[2]
    assert not any(secret in address for address in addresses)


def test_a_payer_fails_the_challenge(page: Page, stand_in: StandIn) -> None:
    intent, bank = begin(page, stand_in)
    press(bank.get_by_role("button", name="Fail"))
    error = acted(page)["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    seen = read(stand_in, f"payment_intents/{intent['id']}")
    assert seen["status"] == "requires_payment_method"


@pytest.mark.parametrize("by", ["leaving", "closing"])
def test_a_payer_who_leaves_may_come_back(page: Page, stand_in: StandIn, by: str) -> None:
    intent, bank = begin(page, stand_in)
    leave = bank.get_by_role("button", name="Leave")
    expect(leave).to_be_visible()
    if by == "leaving":
        press(leave)
    else:
        page.get_by_role("button", name="Close").click()
    assert acted(page)["error"]
    assert read(stand_in, f"payment_intents/{intent['id']}")["status"] == "requires_action"
    page.evaluate(ACT, intent["client_secret"])
    press(bank.get_by_role("button", name="Confirm"))
    assert acted(page)["paymentIntent"]


def test_another_secret_opens_nothing(page: Page, stand_in: StandIn) -> None:
    stand_in.install()
    method = make(stand_in, METHODS, card={"last4": "3220"})
    intent = make(stand_in, INTENTS, payment_method=method["id"], **EURO)
    page.evaluate("account => window.load(account)", BAKERY)
    page.evaluate(ACT, f"{intent['id']}_secret_guessed")
    bank = page.frame_locator("dialog iframe")
    expect(bank.locator("#status")).to_contain_text("No such payment_intent")
    page.get_by_role("button", name="Close").click()
    assert acted(page)["error"]["code"] == "resource_missing"
