"""The sample shop on its own origin: connected by a click, its server believing the verdict alone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit, visiting
from tests.browser.customer import Customer, address, ends
from tests.browser.payments import APPROVAL, plug_in
from tests.support.browser import Profiles
from tests.support.merchants import Merchant
from tests.support.service import Service

CHEAPER = """() => {
  window.PaymentRequest = new Proxy(PaymentRequest, {
    construct(Original, [methods, details]) {
      details.total.amount = { ...details.total.amount, value: "1.00" };
      return new Original(methods, details);
    },
  });
}"""


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


@pytest.fixture
def connected(service: Service) -> str:
    """The account of the shop, which has connected itself."""
    file = service.home / "state" / "shop.json"
    if not file.exists():
        headers = {"origin": address(service, "")}
        url = address(service, "/connection/demo").replace("merchant.localhost", "localhost")
        host = {"host": urlsplit(address(service)).netloc}
        assert service.http.post(url, headers=headers | host).status_code == 200
    return str(json.loads(file.read_text())["account_id"])


@pytest.fixture(scope="module")
def regular(profiles: Profiles, service: Service) -> Iterator[Customer]:
    """A customer who comes again and again."""
    with visiting(profiles, service) as visit:
        visitor = visit()
        yield Customer(visitor, plug_in(visitor.page)[0])


@pytest.fixture
def customer(regular: Customer, connected: str) -> Customer:
    """The same at the product, with a device set up in the wallet and the shop allowed."""
    visitor, page = regular.visitor, regular.visitor.page
    page.unroute_all()
    page.goto(address(visitor.service))
    visitor.sees("ready")
    expect(page.locator("#way")).to_have_attribute("data-way", re.compile("known$"))
    if page.locator("#way[data-way=unknown]").count():
        with visitor.signed_in():
            page.locator("#wallet").click()
            visitor.sees("asked")
        regular.allow_and_come_back()
    return regular


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


def test_a_payment_is_approved_and_the_server_of_the_shop_knows(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    customer = Customer.come(visitor)
    visitor.page.locator("#wallet").click()
    visitor.sees("signed_out")
    visitor.sign_in()
    visitor.sees("asked")
    customer.allow_and_come_back()
    assert "payer" not in visitor.page.url
    assert visitor.page.evaluate("document.cookie") == ""
    customer.pay()
    customer.ends("needs_3ds", "step_up")
    customer.again()
    customer.pay()
    customer.ends("needs_3ds", "step_up")


def test_a_customer_who_has_not_allowed_the_shop_goes_on_and_gets_the_offer(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    visitor.page.goto(address(visitor.service))
    visitor.sees("ready")
    visitor.page.locator("#pay").click()
    ends(visitor, "needs_3ds", "no_payer")
    visitor.page.locator("#offer").click()
    visitor.sees("signed_out")
    assert f"account_id={connected}" in visitor.page.url


@pytest.mark.parametrize(
    ("mode", "reason", "way"),
    [
        ("autoReject", "cancelled", "known"),
        ("autoChooseToAuthAnotherWay", "no_credential_or_other_way", "known"),
        ("autoOptOut", "opted_out", "unknown"),
    ],
)
def test_whatever_the_payer_chooses_has_a_next_step(
    customer: Customer, mode: str, reason: str, way: str
) -> None:
    customer.pay(mode)
    customer.ends("needs_3ds", reason)
    customer.again()
    customer.knows(way)


def test_opting_out_counts_even_if_the_shop_cannot_forget_at_once(customer: Customer) -> None:
    customer.visitor.page.route("**/payer", lambda route: route.abort())
    customer.pay("autoOptOut")
    customer.ends("needs_3ds", "opted_out")
    customer.visitor.page.unroute("**/payer")
    customer.again()
    customer.visitor.page.locator("#forget").click()
    customer.knows("unknown")


def test_a_page_that_lies_about_the_verdict_is_not_believed(customer: Customer) -> None:
    headers = {"access-control-allow-origin": "*"}
    customer.visitor.page.route(
        "**/spc-auth-response", lambda route: route.fulfill(json=APPROVAL, headers=headers)
    )
    customer.pay()
    customer.ends("needs_3ds", "not_confirmed")


def test_the_server_knows_of_an_answer_that_was_lost_on_the_way(customer: Customer) -> None:
    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    customer.visitor.page.route("**/spc-auth-response", lose)
    customer.pay()
    customer.ends("needs_3ds", "step_up")


def test_a_page_that_shows_another_amount_is_found_out(customer: Customer) -> None:
    customer.visitor.page.evaluate(CHEAPER)
    customer.pay()
    customer.ends("needs_3ds", "refused")
    expect(customer.visitor.page.locator(".code")).to_contain_text("wrong_total")


def test_without_the_module_of_the_relying_party_the_bank_asks(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    visitor.page.route("**/client.js", lambda route: route.abort())
    visitor.page.goto(address(visitor.service))
    visitor.sees("ready")
    expect(visitor.page.locator("#way")).to_have_attribute("data-way", "unsupported")
    visitor.page.locator("#pay").click()
    ends(visitor, "needs_3ds", "no_payer")


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


def test_the_shop_can_forget_the_handle(customer: Customer) -> None:
    customer.visitor.page.locator("#forget").click()
    expect(customer.visitor.page.locator("#notice")).to_contain_text("forgotten your identifier")
    customer.knows("unknown")


def test_no_other_site_may_use_the_shops_own_calls(service: Service, connected: str) -> None:
    host = {"host": urlsplit(address(service)).netloc}
    calls = [("POST", "/orders"), ("POST", "/payer"), ("DELETE", "/connection")]
    for method, path in [*calls, ("POST", "/connection"), ("POST", "/connection/demo")]:
        for origin in ({}, {"origin": service.url}, {"origin": "https://evil.example"}):
            answer = service.http.request(method, path, headers=host | origin)
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
