"""The sample shop on its own origin: how it is connected, and how a customer allows it."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.customer import Customer, address
from tests.browser.payments import plug_in
from tests.support.merchants import Merchant
from tests.support.service import Service


@pytest.fixture
def unconnected(service: Service) -> Iterator[Path]:
    """The shop as it is at first; what it was connected to is given back."""
    file = service.home / "state" / "shop.json"
    before = file.read_text() if file.exists() else None
    file.unlink(missing_ok=True)
    yield file
    file.unlink(missing_ok=True)
    if before is not None:
        file.write_text(before)


def test_a_shop_that_is_not_connected_connects_itself_with_a_click(
    visit: Visit, unconnected: Path
) -> None:
    visitor = visit()
    visitor.page.goto(address(visitor.service))
    expect(visitor.page.locator("#heading")).to_have_text("Connect this shop")
    visitor.page.locator("#demo").click()
    expect(visitor.page.locator("#connected")).to_be_visible()
    account = json.loads(unconnected.read_text())["account_id"]
    expect(visitor.page.locator("#connected-text")).to_contain_text(account)
    visitor.page.locator("#go-product").click()
    visitor.sees("ready")
    visitor.page.locator("#go-set-up").click()
    visitor.page.locator("#disconnect").click()
    expect(visitor.page.locator("#connected")).to_be_hidden()
    assert not unconnected.exists()


def test_a_shop_is_connected_by_hand_with_an_account_that_allows_its_server(
    visit: Visit, unconnected: Path
) -> None:
    visitor = visit()
    page, service = visitor.page, visitor.service
    merchant = Merchant(service)
    merchant.connect()
    page.goto(address(service))
    for entered, said in (("nonsense", "begins with acct_"), (merchant.account, "step 2")):
        page.locator("#account").fill(entered)
        page.locator("#use").click()
        expect(page.locator("#fault")).to_contain_text(said)
        expect(page.locator("#account")).to_be_focused()
    assert not unconnected.exists()
    subject = page.locator("body").get_attribute("data-subject")
    path = f"/installations/{merchant.account}"
    service.http.patch(path, headers=merchant.headers, json={"clients": [subject]})
    page.locator("#use").click()
    expect(page.locator("#connected")).to_be_visible()


def test_a_customer_allows_the_shop_and_comes_back_to_it(visit: Visit, connected: str) -> None:
    visitor = visit()
    customer = Customer.come(visitor)
    visitor.page.locator("#wallet").click()
    visitor.sees("signed_out")
    assert f"account_id={connected}" in visitor.page.url
    visitor.sign_in()
    visitor.sees("asked")
    customer.allow_and_come_back()
    assert "payer" not in visitor.page.url
    assert visitor.page.evaluate("document.cookie") == ""
    visitor.page.locator("#forget").click()
    expect(visitor.page.locator("#notice")).to_contain_text("forgotten your identifier")
    customer.knows("unknown")


def test_without_the_module_of_the_relying_party_nothing_can_be_paid(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    visitor.page.route("**/client.js", lambda route: route.abort())
    visitor.page.goto(address(visitor.service))
    expect(visitor.page.locator("#notice")).to_contain_text("nothing can be paid right now")
    expect(visitor.page.locator("#pay")).to_have_attribute("aria-disabled", "true")


def test_a_handle_that_somebody_slips_into_the_address_is_not_taken(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    plug_in(visitor.page)
    for stray in ("#payer=x", "#payer=x&state=guessed"):
        visitor.page.goto(address(visitor.service, f"/?{len(stray)}{stray}"))
        visitor.sees("ready")
        expect(visitor.page.locator("#notice")).to_contain_text("does not belong to this window")
        expect(visitor.page.locator("#way")).to_have_attribute("data-way", "unknown")
        assert "payer" not in visitor.page.url


def test_no_other_site_may_use_the_shops_own_calls(service: Service, connected: str) -> None:
    host = {"host": urlsplit(address(service)).netloc}
    calls = [("POST", "/orders"), ("POST", "/payer"), ("DELETE", "/connection")]
    for method, path in [*calls, ("POST", "/connection"), ("POST", "/connection/demo")]:
        for origin in ({}, {"origin": service.url}, {"origin": "https://evil.example"}):
            answer = service.http.request(method, path, headers=host | origin)
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
