"""The payment wallet: a shop is allowed, and its permission is ended again."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.payments import plug_in
from tests.browser.wallet import answer, at_the_wallet, set_up
from tests.support.service import Service
from tests.support.spc_service import Shop


@pytest.fixture(scope="module")
def shop(service: Service) -> Shop:
    opened = Shop.open(service)
    port = urlsplit(service.url).port
    opened.origin = f"http://merchant.localhost:{port}"
    path = f"/installations/{opened.merchant.account}"
    members = {"checkout_origins": [opened.origin]}
    service.http.patch(path, headers=opened.merchant.headers, json=members)
    return opened


def asking(shop: Shop, **more: str) -> str:
    """The query with which a shop sends somebody to their wallet."""
    return "?" + urlencode({"account_id": shop.merchant.account, **more})


def allow(visitor: Visitor) -> str:
    """Allow the shop that asks; returns its handle."""
    visitor.sees("asked")
    with visitor.page.expect_response(lambda told: told.request.method == "POST") as granted:
        visitor.page.locator("#allow").click()
    visitor.sees("allowed")
    return str(granted.value.json()["payer"])


def test_a_shop_is_allowed_and_the_person_goes_back_to_it_with_its_handle(
    visit: Visit, shop: Shop
) -> None:
    visitor = visit()
    back = f"{shop.origin}/thanks?order=1"
    visitor.page.route(f"{shop.origin}/**", lambda route: route.fulfill(body="Welcome back"))
    plug_in(visitor.page)
    visitor.open("/wallet" + asking(shop, return_to=back, state="a&b=c"))
    visitor.sign_in()
    visitor.sees("asked")
    expect(visitor.page.locator("#heading")).to_contain_text("Morning Crumb")
    visitor.page.locator("#allow").click()
    visitor.sees("allowed")
    set_up(visitor)
    expect(visitor.page.locator("#merchant-list")).to_contain_text("Morning Crumb")
    visitor.page.locator("#back").click()
    visitor.page.wait_for_url(f"{back}#**")
    fragment = parse_qs(urlsplit(visitor.page.url).fragment)
    assert fragment["state"] == ["a&b=c"]
    assert shop.ask(fragment["payer"][0]).json()["available"] is True


def test_a_person_with_a_device_goes_back_at_once_with_the_same_handle(
    visit: Visit, shop: Shop
) -> None:
    visitor = visit()
    visitor.page.route(f"{shop.origin}/**", lambda route: route.fulfill(body="Welcome back"))
    at_the_wallet(visitor)
    set_up(visitor)
    handles = []
    for state, button in (("asked", "#allow"), ("known", "#back")):
        visitor.open("/wallet" + asking(shop, return_to=f"{shop.origin}/"))
        visitor.sees(state)
        visitor.page.locator(button).click()
        visitor.page.wait_for_url(f"{shop.origin}/#**")
        handles.append(parse_qs(urlsplit(visitor.page.url).fragment)["payer"])
    assert handles[0] == handles[1]


def test_a_permission_is_ended_and_the_handle_is_of_no_use_any_more(
    visit: Visit, shop: Shop
) -> None:
    visitor = visit()
    at_the_wallet(visitor, asking(shop))
    handle = allow(visitor)
    visitor.page.get_by_role("button", name="End the permission").click()
    answer(visitor, "yes")
    expect(visitor.page.locator("#merchants-note")).to_contain_text("can no longer ask you")
    expect(visitor.page.locator("#merchant-list li")).to_have_count(0)
    assert shop.ask(handle).json()["code"] == "unknown_payer"


def test_a_shop_that_was_opted_out_of_is_paused_and_can_be_allowed_again(
    visit: Visit, shop: Shop
) -> None:
    visitor = visit()
    at_the_wallet(visitor, asking(shop))
    handle = allow(visitor)
    set_up(visitor)
    ceremony = shop.ask(handle).json()["ceremony_id"]
    shop.service.http.post("/spc-opt-out", json={"ceremony_id": ceremony})
    visitor.open("/wallet" + asking(shop))
    visitor.sees("asked")
    expect(visitor.page.locator("#detail")).to_contain_text("opted out")
    expect(visitor.page.locator("#merchant-list")).to_contain_text("Paused")
    visitor.page.get_by_role("button", name="Allow Morning Crumb again").click()
    expect(visitor.page.locator("#merchants-note")).to_contain_text("may ask you again")
    assert shop.ask(handle).json()["available"] is True


def test_a_person_who_does_not_allow_it_gives_nothing_away(visit: Visit, shop: Shop) -> None:
    visitor = visit()
    at_the_wallet(visitor, asking(shop, return_to=f"{shop.origin}/"))
    visitor.sees("asked")
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    visitor.page.locator("#deny").click()
    visitor.sees("denied")
    expect(visitor.page.locator("#merchants-note")).to_contain_text("not allowed any shop")
    assert not [entry for entry in asked if "spc-payers" in entry and entry.startswith("POST")]


def test_nobody_is_sent_to_an_address_that_the_shop_has_not_named(visit: Visit, shop: Shop) -> None:
    visitor = visit()
    lookalike = "http://merchant.localhost.evil.example/"
    for stray in ("https://evil.example/", "javascript:alert(1)", lookalike, ""):
        visitor.open_signed_in("/wallet" + asking(shop, return_to=stray))
        visitor.page.locator("#allow").click()
        visitor.sees("stray")
        expect(visitor.page.locator("#merchants-note")).to_contain_text("not allowed any shop")
        assert visitor.page.url.startswith(f"{visitor.service.url}/wallet")


def test_a_shop_that_is_not_connected_has_its_own_message(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor, "?account_id=acct_nobodys")
    visitor.sees("unknown")
    visitor.page.locator("#own").click()
    visitor.sees("ready")
