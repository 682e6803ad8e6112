"""The payment wallet: this device is set up, and what was set up and allowed is ended again."""

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit, answered
from tests.browser.payments import plug_in
from tests.browser.wallet import answer, at_the_wallet, set_up


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


def test_a_device_or_browser_that_cannot_be_set_up_is_told_what_to_use_instead(
    visit: Visit,
) -> None:
    visitor = visit()
    page, notice = visitor.page, visitor.page.locator("#notice")
    visitor.open_signed_in("/wallet")
    page.locator("#register").click()
    expect(notice).to_contain_text("up-to-date browser")
    cdp, authenticator = plug_in(page, defaultBackupEligibility=True, defaultBackupState=True)
    device = {"authenticatorId": authenticator}
    cdp.send("WebAuthn.setUserVerified", device | {"isUserVerified": False})
    page.reload()
    page.locator("#register").click()
    expect(notice).to_contain_text("Nothing was set up")
    expect(page.locator("#device-list li")).to_have_count(0)
    cdp.send("WebAuthn.setUserVerified", device | {"isUserVerified": True})
    page.evaluate("() => { window.kept = PaymentRequest; delete window.PaymentRequest; }")
    page.locator("#register").click()
    expect(notice).to_contain_text("in another browser")
    page.evaluate("() => { window.PaymentRequest = window.kept; }")
    set_up(visitor)
    expect(page.locator("#device-list")).to_contain_text("your other devices")


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
