"""The sample shop on its own origin: connected by a click, its server believing the verdict alone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.paying import APPROVAL, plug_in
from tests.support.merchants import Merchant
from tests.support.service import Service

pytestmark = pytest.mark.server

Visit = Callable[..., Visitor]

CHEAPER = """() => {
  window.PaymentRequest = new Proxy(PaymentRequest, {
    construct(Original, [methods, details]) {
      details.total.amount = { ...details.total.amount, value: "1.00" };
      return new Original(methods, details);
    },
  });
}"""


def address(service: Service, path: str = "/") -> str:
    return f"http://merchant.localhost:{urlsplit(service.url).port}{path}"


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


def allowed(visitor: Visitor) -> CDPSession:
    """At the product, with a device set up in the wallet and the shop allowed."""
    cdp = at_the_product(visitor)
    with visitor.signed_in():
        visitor.page.locator("#wallet").click()
        visitor.sees("asked")
    allow_and_come_back(visitor)
    return cdp


def at_the_product(visitor: Visitor) -> CDPSession:
    """At the product, with an authenticator in the device."""
    cdp, _ = plug_in(visitor.page)
    visitor.page.goto(address(visitor.service))
    return cdp


def allow_and_come_back(visitor: Visitor) -> None:
    """In the wallet, which the shop has sent the visitor to: allow it, and set the device up."""
    page = visitor.page
    page.locator("#allow").click()
    visitor.sees("allowed")
    page.locator("#register").click()
    visitor.sees("registered")
    page.locator("#back").click()
    page.wait_for_url(f"{address(visitor.service)}**")
    visitor.sees("ready")
    expect(page.locator("#way")).to_have_attribute("data-way", "known")


def pay(visitor: Visitor, cdp: CDPSession, mode: str = "autoAccept") -> None:
    cdp.send("Page.setSPCTransactionMode", {"mode": mode})
    visitor.page.locator("#pay").click()


def ends(visitor: Visitor, state: str, reason: str) -> None:
    visitor.sees(state)
    card = visitor.page.locator("#status")
    expect(card).to_have_attribute("data-reason", reason)
    if state == "needs_3ds":
        expect(visitor.page.locator(".next")).to_contain_text("3-D Secure")


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
    cdp = at_the_product(visitor)
    visitor.page.locator("#wallet").click()
    visitor.sees("signed_out")
    visitor.sign_in()
    visitor.sees("asked")
    allow_and_come_back(visitor)
    assert "payer" not in visitor.page.url
    assert visitor.page.evaluate("document.cookie") == ""
    pay(visitor, cdp)
    ends(visitor, "confirmed", "")
    visitor.page.locator("#again").click()
    visitor.sees("ready")
    pay(visitor, cdp)
    ends(visitor, "confirmed", "")


def test_who_has_not_allowed_the_shop_goes_on_at_once_and_is_offered_to(
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
    ("mode", "reason"),
    [
        ("autoReject", "cancelled"),
        ("autoChooseToAuthAnotherWay", "no_credential_or_other_way"),
        ("autoOptOut", "opted_out"),
    ],
)
def test_whatever_the_payer_chooses_has_a_next_step(
    visit: Visit, connected: str, mode: str, reason: str
) -> None:
    visitor = visit()
    cdp = allowed(visitor)
    pay(visitor, cdp, mode)
    ends(visitor, "needs_3ds", reason)
    visitor.page.locator("#again").click()
    visitor.sees("ready")
    way = "unknown" if reason == "opted_out" else "known"
    expect(visitor.page.locator("#way")).to_have_attribute("data-way", way)


def test_opting_out_counts_though_the_shop_can_not_forget_at_once(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    cdp = allowed(visitor)
    visitor.page.route("**/payer", lambda route: route.abort())
    pay(visitor, cdp, "autoOptOut")
    ends(visitor, "needs_3ds", "opted_out")


def test_a_page_that_lies_about_the_verdict_is_not_believed(visit: Visit, connected: str) -> None:
    visitor = visit()
    cdp = allowed(visitor)
    headers = {"access-control-allow-origin": "*"}
    visitor.page.route(
        "**/spc-auth-response", lambda route: route.fulfill(json=APPROVAL, headers=headers)
    )
    pay(visitor, cdp)
    ends(visitor, "needs_3ds", "not_confirmed")


def test_an_answer_that_was_lost_on_the_way_is_known_to_the_server(
    visit: Visit, connected: str
) -> None:
    visitor = visit()
    cdp = allowed(visitor)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    visitor.page.route("**/spc-auth-response", lose)
    pay(visitor, cdp)
    ends(visitor, "confirmed", "")


def test_a_page_that_shows_another_amount_is_found_out(visit: Visit, connected: str) -> None:
    visitor = visit()
    cdp = allowed(visitor)
    visitor.page.evaluate(CHEAPER)
    pay(visitor, cdp)
    ends(visitor, "needs_3ds", "refused")
    expect(visitor.page.locator(".code")).to_contain_text("wrong_total")


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


def test_the_handle_can_be_forgotten_by_the_shop(visit: Visit, connected: str) -> None:
    visitor = visit()
    allowed(visitor)
    visitor.page.locator("#forget").click()
    expect(visitor.page.locator("#notice")).to_contain_text("forgotten your identifier")
    expect(visitor.page.locator("#way")).to_have_attribute("data-way", "unknown")


def test_no_other_site_may_use_the_shops_own_calls(service: Service, connected: str) -> None:
    host = {"host": urlsplit(address(service)).netloc}
    calls = [("POST", "/orders"), ("POST", "/payer"), ("DELETE", "/connection")]
    for method, path in [*calls, ("POST", "/connection"), ("POST", "/connection/demo")]:
        for origin in ({}, {"origin": service.url}, {"origin": "https://evil.example"}):
            answer = service.http.request(method, path, headers=host | origin)
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
