"""A payer pays on a merchant's page: what they see on each way that a payment can take, with the whole
service behind it. Every way by what a server can answer: tests/pages/test_pay.py.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route, expect

from tests.browser.checkout import CHALLENGED, DECLINED, GOOD, Checkout, checkout
from tests.browser.payments import Stage


@pytest.fixture(scope="module")
def till(stage: Stage) -> Iterator[Checkout]:
    with checkout(stage) as found:
        yield found


@pytest.fixture(autouse=True)
def afresh(till: Checkout) -> None:
    till.requests.clear()


def confirms(till: Checkout) -> list[object]:
    return [body for what, body, _ in till.requests if what == "confirm"]


def test_a_payment_that_needs_no_proof_is_captured_at_once(till: Checkout) -> None:
    payment = till.begin(GOOD)
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(payment["id"])["amount_captured"] == 1099
    assert confirms(till) == [{}]


def test_a_payer_passes_3d_secure_over_the_merchants_page(till: Checkout) -> None:
    addresses: list[str] = []
    till.page.on("request", lambda request: addresses.append(request.url))
    payment = till.begin(CHALLENGED)
    expect(till.bank.locator("#amount")).to_have_text("10.99 USD")
    till.act("Confirm")
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(payment["id"])["three_d_secure"] == "authenticated"
    assert not any("_secret_" in address for address in addresses)


def test_who_fails_3d_secure_pays_with_another_card(till: Checkout) -> None:
    payment = till.begin(CHALLENGED)
    till.act("Fail")
    assert till.asks_for_card() == [
        "authentication_failed",
        "payment_intent_authentication_failure",
    ]
    till.give(GOOD)
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(payment["id"])["status"] == "succeeded"


def test_a_declined_payer_pays_with_another_card(till: Checkout) -> None:
    payment = till.begin(DECLINED)
    assert till.asks_for_card() == ["declined", "card_declined"]
    till.give(GOOD)
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(payment["id"])["amount_captured"] == 1099


def test_who_leaves_3d_secure_goes_on_with_the_same_card(till: Checkout) -> None:
    payment = till.begin(CHALLENGED)
    till.act("Leave")
    assert till.asks_for_card()[0] == "left"
    till.give(CHALLENGED)
    till.act("Confirm")
    outcome = till.outcome()
    assert (outcome["status"], outcome["payment"]["id"]) == ("succeeded", payment["id"])


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


@contextmanager
def lost_once(till: Checkout, pattern: str) -> Iterator[list[str]]:
    """The answer to the first such request is lost on the way, once the server has carried it out."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch(timeout=60_000)
        route.abort()

    till.page.route(re.compile(pattern), lose)
    yield lost
    till.page.unroute(re.compile(pattern))


def test_a_lost_answer_pays_once(till: Checkout) -> None:
    with lost_once(till, "/confirm/") as lost:
        payment = till.begin(GOOD)
        assert till.outcome()["status"] == "succeeded"
    assert len(lost) == 1
    keys = [key for what, _, key in till.requests if what == "confirm"]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert till.paid(payment["id"])["amount_captured"] == 1099


def test_a_payer_who_closed_the_tab_comes_back_to_their_challenge(till: Checkout) -> None:
    payment = till.begin(CHALLENGED)
    expect(till.bank.locator("#amount")).to_be_visible()
    till.open()
    till.start(till.paid(payment["id"]))
    till.act("Confirm")
    outcome = till.outcome()
    assert (outcome["status"], outcome["payment"]["id"]) == ("succeeded", payment["id"])


def test_a_payer_who_comes_back_to_a_paid_order_sees_that(till: Checkout) -> None:
    payment = till.begin(GOOD)
    till.outcome()
    till.open()
    till.start({"id": payment["id"]})
    assert till.outcome()["status"] == "succeeded"


def test_a_payer_confirms_and_is_challenged_the_first_time_only(till: Checkout) -> None:
    payer = till.stage.handle
    first = till.begin(CHALLENGED, 90_00, payer=payer)
    assert first["next"] == "confirm"
    till.act("Confirm")
    assert till.outcome()["status"] == "succeeded"
    assert till.paid(first["id"])["proof"] == "3ds"
    second = till.begin(CHALLENGED, 90_01, payer=payer)
    assert second["next"] == "confirm"
    expect(till.page.locator("dialog")).to_have_count(0)
