"""A payer pays on a merchant's page with a confirmation in the browser's own dialog, with the whole
service behind it. By 3-D Secure: tests/handlers/payments/test_in_a_browser.py.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.checkout import Checkout, Json, Said, checkout
from tests.browser.payments import Stage


@pytest.fixture(scope="module")
def till(stage: Stage) -> Iterator[Checkout]:
    """The shop of the stage, with a checkout."""

    def call(method: str, path: str, body: Json | None, key: str) -> Said:
        headers = stage.shop.server | ({"Idempotency-Key": key} if key else {})
        said = stage.service.http.request(method, path, headers=headers, json=body)
        return Said(said.status_code, dict(said.headers), said.text)

    stripe = stage.service.url.replace("//localhost", "//stripe.localhost")
    with checkout(stage.page, call, stage.shop.merchant.account, stripe) as found:
        found.base = stage.service.url
        stage.settings(checkout_origins=[stage.origin, stage.service.url, found.origin])
        stage.cdp.send("Page.setSPCTransactionMode", {"mode": "autoAccept"})
        yield found


def saved_card(till: Checkout, stage: Stage) -> Json:
    """A prepaid card, for which the rules as shipped ask for a proof each time."""
    card = {"last4": "5100", "funding": "prepaid", "plays": "challenge"}
    order = {"account": till.account, "card": card}
    made = stage.service.http.post("/_local/stripe/_payment_methods", json=order)
    return {"payment_method": made.json()["id"]}


def test_a_payer_confirms_and_is_challenged_the_first_time_only(
    till: Checkout, stage: Stage
) -> None:
    till.open()
    first = till.begin_with(saved_card(till, stage), 90_00, payer=stage.handle)
    assert first["next"] == "confirm"
    till.act("Confirm")
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(first["id"])["proof"] == "3ds"
    till.open()
    answers = len(stage.answers)
    second = till.begin_with(saved_card(till, stage), 90_01, payer=stage.handle)
    assert second["next"] == "confirm"
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(second["id"])["proof"] == "spc"
    assert len(stage.answers) == answers + 1
    expect(till.page.locator("dialog")).to_have_count(0)
