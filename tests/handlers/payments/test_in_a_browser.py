"""A payer pays on a merchant's page, in a real browser, with Stripe's card fields and 3-D Secure of the
stand-in, and the functions in this process. Every way by what a server can answer:
tests/pages/test_pay.py.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.checkout import CHALLENGED, GOOD, Checkout, Json, Said, checkout
from tests.support.browser import Profiles
from tests.support.payments_bundle import PaymentsBundle
from tests.support.stand_in import BAKERY

pytestmark = pytest.mark.server


@pytest.fixture
def till(payments: PaymentsBundle, profiles: Profiles) -> Iterator[Checkout]:
    payments.stripe.install()

    def call(method: str, path: str, body: Json | None, key: str) -> Said:
        caller = payments.shop()
        headers = {"idempotency-key": key} if key else {}
        said = caller.get(path) if method == "GET" else caller.post(path, body, headers=headers)
        return Said(said.status, said.headers, said.text)

    with profiles.lent() as context:
        context.set_default_timeout(60_000)
        with checkout(context.new_page(), call, BAKERY, payments.stripe.door.url) as found:
            yield found


def test_a_payer_passes_3d_secure_over_the_merchants_page(till: Checkout) -> None:
    addresses: list[str] = []
    till.page.on("request", lambda request: addresses.append(request.url))
    payment = till.begin(CHALLENGED)
    expect(till.bank.locator("#amount")).to_have_text("10.99 USD")
    till.act("Confirm")
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(payment["id"])["three_d_secure"] == "authenticated"
    assert not any("_secret_" in address for address in addresses)


def test_another_card_after_leaving_begins_anew_by_itself(till: Checkout) -> None:
    payment = till.begin(CHALLENGED)
    till.act("Leave")
    till.asks_for_card()
    till.give(GOOD)
    outcome = till.outcome()
    assert outcome["status"] == "succeeded"
    assert outcome["payment"]["id"] != payment["id"]
    assert till.paid(payment["id"])["status"] == "canceled"
    made = till.paid(outcome["payment"]["id"])
    assert (made["reference"], made["amount_captured"]) == (till.order["reference"], 1099)


def test_a_payer_who_closed_the_tab_comes_back_to_their_challenge(till: Checkout) -> None:
    payment = till.begin(CHALLENGED)
    expect(till.bank.locator("#amount")).to_be_visible()
    till.open()
    till.start(till.paid(payment["id"]))
    till.act("Confirm")
    outcome = till.outcome()
    assert (outcome["status"], outcome["payment"]["id"]) == ("succeeded", payment["id"])
