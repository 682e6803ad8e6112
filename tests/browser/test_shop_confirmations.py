"""Orders of the sample shop that are confirmed in the browser's own dialog, and what comes of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, visiting
from tests.browser.customer import Customer, asked_by_the_bank, at_the_shop
from tests.browser.payments import APPROVAL, plug_in
from tests.support.browser import Profiles, press
from tests.support.service import Service


@pytest.fixture(scope="module")
def regular(profiles: Profiles, service: Service) -> Iterator[Customer]:
    """A customer who comes again and again."""
    with visiting(profiles, service) as visit:
        visitor = visit()
        yield Customer(visitor, plug_in(visitor.page)[0])


@pytest.fixture
def customer(regular: Customer, connected: str) -> Customer:
    """The same at the shop, with a device set up in the wallet and the shop allowed."""
    visitor, page = regular.visitor, regular.visitor.page
    page.unroute_all()
    page.context.clear_cookies(name="shop_order")
    at_the_shop(visitor)
    expect(page.locator("#way")).to_be_visible()
    if page.locator("#way[data-way=unknown]").count():
        with visitor.signed_in():
            page.locator("#wallet").click()
            visitor.sees("asked")
        regular.allow_and_come_back()
    return regular


def test_the_first_approval_is_checked_by_the_bank_and_the_second_is_the_proof(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    customer = Customer.come(visitor)
    with visitor.signed_in():
        visitor.page.locator("#wallet").click()
        visitor.sees("asked")
    customer.allow_and_come_back()
    customer.pay("large", "prepaid")
    expect(visitor.page.locator("#why")).to_contain_text("new for this card")
    asked_by_the_bank(visitor, "Confirm")
    customer.ends("succeeded", "3ds")
    for _ in range(2):
        customer.again()
        customer.pay("large", "prepaid")
        customer.ends("succeeded", "spc")
    expect(visitor.page.locator("#receipt")).to_contain_text("on this device")
    customer.again()
    customer.pay("large", "european")
    asked_by_the_bank(visitor, "Confirm")
    customer.ends("succeeded", "3ds")


def test_after_the_bank_has_asked_the_payer_is_invited_to_set_up_the_device(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    page = visitor.page
    plug_in(page)
    at_the_shop(visitor)
    page.locator("#customer-name").fill("Aiko")
    page.locator("#customer-enter").click()
    page.locator("[name=card][value=european]").check()
    page.locator("#pay").click()
    asked_by_the_bank(visitor, "Confirm")
    visitor.sees("succeeded")
    expect(page.locator("#device-heading")).to_contain_text("Quicker next time")
    frame = page.frame_locator("#frame iframe")
    press(frame.locator("#register"))
    expect(page.locator("#device")).to_have_attribute("data-outcome", "registered")


def test_whoever_opts_out_is_asked_by_the_bank_and_is_no_longer_known(customer: Customer) -> None:
    customer.pay("large", "prepaid", "autoOptOut")
    asked_by_the_bank(customer.visitor, "Confirm")
    customer.ends("succeeded", "3ds")
    customer.again()
    customer.knows("unknown")


def test_a_page_that_lies_about_the_verdict_is_not_believed(customer: Customer) -> None:
    headers = {"access-control-allow-origin": "*"}
    customer.visitor.page.route(
        "**/spc-auth-response", lambda route: route.fulfill(json=APPROVAL, headers=headers)
    )
    customer.pay("large", "prepaid")
    asked_by_the_bank(customer.visitor, "Confirm")
    customer.ends("succeeded", "3ds")
