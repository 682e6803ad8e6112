"""The payment wallet: this device is set up, and what was set up and allowed is ended again."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import CDPSession, Route, expect

from tests.browser.conftest import Visit, Visitor, answered
from tests.browser.paying import plug_in
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


def at_the_wallet(visitor: Visitor, query: str = "", **device: bool) -> CDPSession:
    """Signed in on the wallet's page, with an authenticator in the device."""
    cdp, _ = plug_in(visitor.page, **device)
    visitor.open_signed_in(f"/wallet{query}")
    return cdp


def set_up(visitor: Visitor) -> None:
    visitor.page.locator("#register").click()
    visitor.sees("registered")
    expect(visitor.page.locator("#device-list li").first).to_be_visible()


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


def answer(question: Visitor, choice: str) -> None:
    expect(question.page.locator("#question")).to_be_visible()
    question.page.locator(f"#question-{choice}").click()


def test_a_device_is_set_up_listed_and_removed(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor)
    visitor.sees("ready")
    expect(visitor.page.locator("#devices-note")).to_have_text("No device has been set up yet.")
    set_up(visitor)
    [device] = visitor.page.locator("#device-list li").all()
    expect(device).to_contain_text("Not used yet")
    expect(device).to_contain_text("On this one device alone")
    device.get_by_role("button", name="Remove the device").click()
    answer(visitor, "no")
    expect(visitor.page.locator("#device-list li")).to_have_count(1)
    device.get_by_role("button", name="Remove the device").click()
    answer(visitor, "yes")
    expect(visitor.page.locator("#device-list li")).to_have_count(0)
    expect(visitor.page.locator("#devices-note")).to_have_text("The device was removed.")
    expect(visitor.page.locator("#devices-heading")).to_be_focused()


def test_a_device_whose_passkeys_are_copied_says_so(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor, defaultBackupEligibility=True, defaultBackupState=True)
    set_up(visitor)
    expect(visitor.page.locator("#device-list")).to_contain_text("your other devices")


def test_the_same_device_is_not_set_up_twice(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor)
    set_up(visitor)
    visitor.open("/wallet")
    visitor.sees("ready")
    visitor.page.locator("#register").click()
    expect(visitor.page.locator("#notice")).to_contain_text("remove the device from your wallet")
    expect(visitor.page.locator("#device-list li")).to_have_count(1)
    visitor.page.get_by_role("button", name="Remove the device").click()
    answer(visitor, "yes")
    expect(visitor.page.locator("#device-list li")).to_have_count(0)
    set_up(visitor)


def test_a_device_that_does_not_recognize_its_owner_is_not_set_up(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor, isUserVerified=False)
    visitor.page.locator("#register").click()
    expect(visitor.page.locator("#notice")).to_contain_text("Nothing was set up")
    expect(visitor.page.locator("#device-list li")).to_have_count(0)


def test_without_an_authenticator_the_page_says_what_to_use_instead(visit: Visit) -> None:
    visitor = visit()
    visitor.open_signed_in("/wallet")
    visitor.page.locator("#register").click()
    expect(visitor.page.locator("#notice")).to_contain_text("up-to-date browser")


def test_a_browser_that_cannot_confirm_payments_leads_to_another(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor)
    visitor.page.evaluate("delete window.PaymentRequest")
    visitor.page.locator("#register").click()
    expect(visitor.page.locator("#notice")).to_contain_text("in another browser")


def test_a_site_without_a_relying_party_says_so_and_offers_no_set_up(visit: Visit) -> None:
    visitor = visit()
    told = visitor.service.http.get("/settings.json").json() | {"spc_rp_id": ""}
    with answered(visitor, "**/settings.json", json=told):
        at_the_wallet(visitor)
        visitor.sees("unconfigured")
    expect(visitor.page.locator("#detail")).to_contain_text("has not been set up for this site")
    expect(visitor.page.locator("#register")).to_have_count(0)


def test_a_sign_in_that_has_expired_is_said_and_the_page_comes_back(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor)
    visitor.sees("ready")
    visitor.page.evaluate(
        "sessionStorage.setItem('countersign.session', JSON.stringify("
        "{ token: 'junk', expiresAt: Date.now() + 1e6, name: 'x' }))"
    )
    visitor.page.locator("#register").click()
    visitor.sees("signed_out")
    expect(visitor.page.locator("#notice")).to_contain_text("sign-in has expired")
    expect(visitor.page.locator("#devices")).to_be_hidden()
    visitor.sign_in()
    visitor.sees("ready")


def test_a_list_that_comes_after_the_sign_in_has_ended_is_not_shown(visit: Visit) -> None:
    visitor = visit()
    at_the_wallet(visitor)
    visitor.sees("ready")
    held: list[Route] = []
    visitor.page.route(re.compile(r"/spc-credentials$"), lambda route: held.append(route))
    with visitor.page.expect_request(re.compile(r"/spc-credentials$")):
        visitor.page.reload()
    visitor.sees("ready")
    visitor.page.evaluate("sessionStorage.removeItem('countersign.session')")
    visitor.page.locator("#register").click()
    visitor.sees("signed_out")
    with visitor.page.expect_response(re.compile(r"/spc-credentials$")):
        held[0].continue_()
    visitor.page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    expect(visitor.page.locator("#devices")).to_be_hidden()


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


def test_a_list_that_cannot_be_read_now_can_be_asked_for_again(visit: Visit) -> None:
    visitor = visit()
    with answered(visitor, re.compile(r"/spc-(credentials|payers)$"), status=503, json={}):
        visitor.open_signed_in("/wallet")
        expect(visitor.page.locator("#devices-note")).to_contain_text("cannot be shown")
        expect(visitor.page.locator("#merchants-note")).to_contain_text("cannot be shown")
    visitor.page.locator("#devices-again").click()
    expect(visitor.page.locator("#devices-note")).to_contain_text("No device")
    visitor.page.locator("#merchants-again").click()
    expect(visitor.page.locator("#merchants-note")).to_contain_text("not allowed any shop")
