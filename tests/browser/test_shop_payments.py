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
    expect(visitor.page.locator("#pay")).to_have_text("Pay €24.00")
    pay(visitor)
    ends(visitor, "succeeded", "none")
    page = visitor.page
    expect(page.locator("#heading")).to_have_text("You have paid €24.00")
    expect(page.locator("#heading")).to_be_focused()
    expect(page.locator("#receipt")).to_contain_text("Visa •••• 4242")
    expect(page.locator("#why")).to_contain_text("Why you are not asked")
    expect(page.locator("#why")).to_contain_text("a small amount")
    page.locator("#again").click()
    visitor.sees("ready")


def test_the_drawer_tells_the_decision_the_steps_and_the_events(visitor: Visitor) -> None:
    pay(visitor)
    ends(visitor, "succeeded", "none")
    page = visitor.page
    page.locator("#drawer").evaluate("drawer => { drawer.open = true; }")
    expect(page.locator("#decision")).to_contain_text("proceed")
    expect(page.locator("#steps li").last).to_contain_text("succeeded")
    expect(page.locator("#events")).to_contain_text("payment.succeeded")
    expect(page.locator("#events")).to_contain_text("step_up.decided")


@pytest.mark.parametrize(
    ("wallet", "named"),
    [("google-pay", "Google Pay (Visa"), ("apple-pay", "Apple Pay (Mastercard")],
)
def test_a_card_of_a_wallet_is_paid_without_a_question(
    visitor: Visitor, wallet: str, named: str
) -> None:
    visitor.page.locator("[name=box][value=large]").check()
    visitor.page.locator(f"#{wallet}").click()
    ends(visitor, "succeeded", "wallet")
    expect(visitor.page.locator("#receipt")).to_contain_text(named)
    expect(visitor.page.locator("#why")).to_contain_text("has put the card on your telephone")


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


def test_the_bank_asks_and_the_payer_passes(visitor: Visitor) -> None:
    pay(visitor, card="european")
    expect(visitor.page.locator("#why")).to_contain_text("Why you are asked")
    expect(visitor.page.locator("#why")).to_contain_text("your bank has to make sure")
    asked_by_the_bank(visitor, "Confirm")
    ends(visitor, "succeeded", "3ds")
    expect(visitor.page.locator("#receipt")).to_contain_text("by your bank")


def test_a_payer_who_fails_at_the_bank_pays_with_another_card_once(
    visitor: Visitor, connected: str
) -> None:
    before = len(ledger(visitor, connected))
    pay(visitor, card="european")
    asked_by_the_bank(visitor, "Fail")
    asks_for_a_card(visitor, "authentication_failed")
    expect(visitor.page.locator("#boxes")).to_be_hidden()
    visitor.page.locator("[name=card][value=plain]").check()
    visitor.page.locator("#pay").click()
    ends(visitor, "succeeded", "none")
    assert len(ledger(visitor, connected)) == before + 1


def test_a_card_that_is_refused_is_told_and_another_one_pays(visitor: Visitor) -> None:
    pay(visitor, card="refused")
    asks_for_a_card(visitor, "declined")
    expect(visitor.page.locator("#notice")).to_contain_text("refused this card")
    visitor.page.locator("#apple-pay").click()
    ends(visitor, "succeeded", "wallet")


def test_who_stops_pays_nothing(visitor: Visitor, connected: str) -> None:
    before = len(ledger(visitor, connected))
    pay(visitor, card="refused")
    asks_for_a_card(visitor, "declined")
    visitor.page.locator("#stop").click()
    ends(visitor, "canceled", "merchant")
    expect(visitor.page.locator("#detail")).to_contain_text("Nothing was charged")
    assert len(ledger(visitor, connected)) == before


def test_who_leaves_the_bank_goes_on_with_the_same_card_or_another(visitor: Visitor) -> None:
    pay(visitor, card="european")
    asked_by_the_bank(visitor, "Leave")
    asks_for_a_card(visitor, "left")
    expect(visitor.page.locator("#notice")).to_contain_text("still waiting for you")
    visitor.page.locator("[name=card][value=plain]").check()
    visitor.page.locator("#pay").click()
    ends(visitor, "succeeded", "none")


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
    assert len(ledger(visitor, connected)) == before + 1
    visitor.page.goto(address(visitor.service))
    visitor.sees("ready")


def test_an_order_that_ended_meanwhile_is_told_to_who_comes_back(visitor: Visitor) -> None:
    pay(visitor, card="refused")
    asks_for_a_card(visitor, "declined")
    script = "fetch('/orders/current').then(answer => answer.json())"
    order = visitor.page.evaluate(f"() => {script}")["id"]
    cancel = f"fetch('/orders/{order}/cancel', {{ method: 'POST', body: '{{}}' }})"
    visitor.page.evaluate(f"() => {cancel}.then(answer => answer.status)")
    visitor.page.goto(address(visitor.service))
    ends(visitor, "canceled", "merchant")


def test_a_server_that_does_not_answer_is_told_and_the_payer_tries_again(visitor: Visitor) -> None:
    visitor.page.route("**/orders", lambda route: route.abort())
    pay(visitor)
    expect(visitor.page.locator("#notice")).to_contain_text("did not answer")
    visitor.sees("ready")
    visitor.page.unroute("**/orders")
    pay(visitor)
    ends(visitor, "succeeded", "none")


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
