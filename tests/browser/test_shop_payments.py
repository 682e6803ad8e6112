"""Orders of the sample shop are paid, in a browser: with every card, refused, left and gone on with."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.customer import (
    address,
    asked_by_the_bank,
    asks_for_a_card,
    at_the_shop,
    choose,
    ends,
)

pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    """Somebody at the shop."""
    visitor = visit()
    at_the_shop(visitor)
    return visitor


def pay(visitor: Visitor, box: str = "small", card: str = "plain") -> None:
    choose(visitor, box, card)
    visitor.page.locator("#pay").click()


def ledger(visitor: Visitor, connected: str) -> list[dict[str, Any]]:
    """The PaymentIntents of the shop's account that were captured, as Stripe has them."""
    intents = visitor.service.http.get("/_local/stripe/_ledger").json()["payment_intents"]
    return [
        intent
        for intent in intents
        if intent["account"] == connected and intent["amount_received"] > 0
    ]


def test_a_small_order_is_paid_at_once_and_says_why_nobody_was_asked(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#pay")).to_have_text("Pay €24.00")
    page.route("**/orders", lambda route: route.abort())
    pay(visitor)
    expect(page.locator("#notice")).to_contain_text("did not answer")
    visitor.sees("ready")
    page.unroute("**/orders")
    pay(visitor)
    ends(visitor, "succeeded", "none")
    expect(page.locator("#heading")).to_have_text("You have paid €24.00")
    expect(page.locator("#heading")).to_be_focused()
    expect(page.locator("#receipt")).to_contain_text("Visa •••• 4242")
    expect(page.locator("#why")).to_contain_text("Why you are not asked")
    expect(page.locator("#why")).to_contain_text("a small amount")
    page.locator("#drawer").evaluate("drawer => { drawer.open = true; }")
    expect(page.locator("#decision")).to_contain_text("proceed")
    expect(page.locator("#steps li").last).to_contain_text("succeeded")
    expect(page.locator("#events")).to_contain_text("payment.succeeded")
    expect(page.locator("#events")).to_contain_text("step_up.decided")
    page.locator("#again").click()
    visitor.sees("ready")


def test_a_card_is_typed_into_a_field_of_stripes(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("[name=card][value=typed]").check()
    page.locator("#pay").click()
    expect(page.locator("#notice")).to_contain_text("not typed completely")
    visitor.sees("ready")
    field = page.frame_locator("#card-element iframe")
    field.locator("[name=number]").fill("4242424242424242")
    field.locator("[name=expiry]").fill("12 / 34")
    field.locator("[name=cvc]").fill("123")
    page.locator("#pay").click()
    ends(visitor, "succeeded", "none")
    expect(page.locator("#receipt")).to_contain_text("Visa •••• 4242")


def test_a_card_that_cannot_be_typed_here_is_not_offered_any_more(visit: Visit) -> None:
    visitor = visit()
    visitor.page.route("**/v3/", lambda route: route.abort())
    at_the_shop(visitor)
    expect(visitor.page.locator("#typed-card")).to_be_hidden()
    pay(visitor)
    ends(visitor, "succeeded", "none")


def test_who_is_signed_in_pays_with_the_card_that_they_have_saved(
    visitor: Visitor, connected: str
) -> None:
    page = visitor.page
    before = len([intent for intent in ledger(visitor, connected) if intent["customer"]])
    expect(page.locator("#saved-card")).to_be_hidden()
    page.locator("#customer-name").fill("Aiko")
    page.locator("#customer-enter").click()
    pay(visitor, card="saved")
    ends(visitor, "succeeded", "none")
    expect(page.locator("#receipt")).to_contain_text("Mastercard •••• 4444")
    named = [intent for intent in ledger(visitor, connected) if intent["customer"]]
    assert len(named) == before + 1


def test_a_payer_who_fails_and_leaves_at_the_bank_pays_with_another_card_once(
    visitor: Visitor, connected: str
) -> None:
    before = len(ledger(visitor, connected))
    pay(visitor, card="european")
    expect(visitor.page.locator("#why")).to_contain_text("Why you are asked")
    expect(visitor.page.locator("#why")).to_contain_text("your bank has to make sure")
    asked_by_the_bank(visitor, "Fail")
    asks_for_a_card(visitor, "authentication_failed")
    expect(visitor.page.locator("#boxes")).to_be_hidden()
    visitor.page.locator("#pay").click()
    asked_by_the_bank(visitor, "Leave")
    asks_for_a_card(visitor, "left")
    expect(visitor.page.locator("#notice")).to_contain_text("still waiting for you")
    visitor.page.locator("[name=card][value=plain]").check()
    visitor.page.locator("#pay").click()
    ends(visitor, "succeeded", "none")
    assert len(ledger(visitor, connected)) == before + 1


def test_after_a_card_that_is_refused_one_of_a_wallet_pays_without_a_question(
    visitor: Visitor,
) -> None:
    pay(visitor, card="refused")
    asks_for_a_card(visitor, "declined")
    expect(visitor.page.locator("#notice")).to_contain_text("refused this card")
    visitor.page.locator("#apple-pay").click()
    ends(visitor, "succeeded", "wallet")
    expect(visitor.page.locator("#receipt")).to_contain_text("Apple Pay (Mastercard")
    expect(visitor.page.locator("#why")).to_contain_text("has put the card on your telephone")
    visitor.page.locator("#again").click()
    visitor.sees("ready")
    visitor.page.locator("[name=box][value=large]").check()
    visitor.page.locator("#google-pay").click()
    ends(visitor, "succeeded", "wallet")
    expect(visitor.page.locator("#receipt")).to_contain_text("Google Pay (Visa")


def test_who_stops_pays_nothing_and_who_comes_back_is_told_that_an_order_has_ended(
    visitor: Visitor, connected: str
) -> None:
    page, before = visitor.page, len(ledger(visitor, connected))
    pay(visitor, card="refused")
    asks_for_a_card(visitor, "declined")
    page.locator("#stop").click()
    ends(visitor, "canceled", "merchant")
    expect(page.locator("#detail")).to_contain_text("Nothing was charged")
    page.locator("#again").click()
    visitor.sees("ready")
    pay(visitor, card="refused")
    asks_for_a_card(visitor, "declined")
    order = page.evaluate("() => fetch('/orders/current').then(answer => answer.json())")["id"]
    cancel = f"fetch('/orders/{order}/cancel', {{ method: 'POST', body: '{{}}' }})"
    page.evaluate(f"() => {cancel}.then(answer => answer.status)")
    page.goto(address(visitor.service))
    ends(visitor, "canceled", "merchant")
    assert len(ledger(visitor, connected)) == before


def test_who_closes_the_page_comes_back_and_goes_on(visitor: Visitor, connected: str) -> None:
    before = len(ledger(visitor, connected))
    pay(visitor, box="large", card="european")
    expect(visitor.page.locator("dialog iframe")).to_be_visible()
    visitor.page.goto("about:blank")
    visitor.page.goto(address(visitor.service))
    visitor.sees("left")
    expect(visitor.page.locator("#notice")).to_contain_text("Your order of €120.00 is not paid")
    expect(visitor.page.locator("#boxes")).to_be_hidden()
    visitor.page.locator("#pay").click()
    asked_by_the_bank(visitor, "Confirm")
    ends(visitor, "succeeded", "3ds")
    expect(visitor.page.locator("#receipt")).to_contain_text("by your bank")
    assert len(ledger(visitor, connected)) == before + 1
    visitor.page.goto(address(visitor.service))
    visitor.sees("ready")


def test_an_order_is_paid_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#heading").focus()
    for key in ("Tab", "ArrowDown", "Tab", "ArrowDown", "ArrowUp", "Tab", "Enter"):
        page.keyboard.press(key)
    ends(visitor, "succeeded", "3ds")
    expect(page.locator("#heading")).to_have_text(re.compile("€120.00"))


def test_a_sealed_token_is_shown_as_evidence_and_pays_nothing(
    visitor: Visitor, connected: str
) -> None:
    before = len(ledger(visitor, connected))
    page = visitor.page
    page.locator("#drawer").evaluate("drawer => { drawer.open = true; }")
    expect(page.locator("#drawer-sealed")).to_contain_text("PCI scope of their own")
    page.locator("#sealed").click()
    expect(page.locator("#sealed-result")).to_contain_text("Nothing is paid with it")
    expect(page.locator("#sealed-decision")).to_contain_text("signed_assurance")
    assert len(ledger(visitor, connected)) == before
