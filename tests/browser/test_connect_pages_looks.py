"""How the pages of install links look, on a phone and on a desk."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from countersign.pages.documents import document
from countersign.pages.refusal_pages import REFUSALS
from tests.browser.conftest import PHONE, Visit
from tests.browser.looks import LOCALES, WALKED, look
from tests.browser.merchant import connected, go_to_stripe, ready_to_connect, state_of

USER = {"user_id": "usr_1", "account_id": "acct_1"}


@pytest.mark.parametrize("language", WALKED)
def test_every_page_fits_every_screen(visit: Visit, language: str) -> None:
    visitor = visit(language=LOCALES[language])

    def see(name: str) -> None:
        look(visitor, name, language)

    visitor.open("/connect")
    visitor.sees("signed_out")
    see("connect-signed-out")
    account_id = connected(visitor)
    see("connected")
    page = visitor.page
    page.locator("#payee_name").fill("Tanaka")
    page.locator("#payee_origin").fill("http://tanaka.example/shop")
    page.locator("#checkout_origins").fill("https://one.example\nhttps://" + "long" * 30 + "/shop")
    page.locator("#clients").fill("a client\twith a tab")
    page.locator("#save").click()
    expect(page.locator("#payee_origin-fault")).to_be_visible()
    expect(page.locator("#settings-notice")).not_to_be_empty()
    see("connected-faults")
    page.locator("#payee_origin").fill("https://tanaka.example")
    page.locator("#checkout_origins").fill("https://one.example")
    page.locator("#clients").fill("")
    page.locator("#save").click()
    expect(page.locator("#proof")).to_be_visible()
    see("connected-saved")
    page.locator("#disconnect").click()
    expect(page.locator("dialog")).to_be_visible()
    see("connected-question")
    page.locator("#disconnect-keep").click()
    visitor.open("/connect#connections")
    expect(page.locator("#connections-heading")).to_be_focused()
    see("connect")
    page.locator("#connection-list a").first.click()
    visitor.sees("installed")
    page.locator("#disconnect").click()
    page.locator("#disconnect-confirm").click()
    visitor.sees("uninstalled")
    see("uninstalled")
    visitor.open("/connected?account_id=acct_nobodys")
    visitor.sees("not_found")
    see("not-found")
    page.route("**/installations/*", lambda route: route.fulfill(status=503, json={}))
    visitor.open(f"/connected?account_id={account_id}")
    visitor.sees("unavailable")
    see("unavailable")
    visitor.open("/not-connected")
    see("not-connected")


@pytest.mark.parametrize("language", WALKED)
def test_a_live_connection_says_what_stripe_has_not_confirmed(visit: Visit, language: str) -> None:
    """A deployment on one machine is never live, so its answers are changed on the way."""
    visitor = visit(language=LOCALES[language], screen=PHONE)
    connected(visitor)

    def as_live(confirmed: bool) -> None:
        changed = {"livemode": True, "livemode_confirmed": confirmed}
        visitor.page.route(
            re.compile(r"/installations/acct_\w+$"),
            lambda route: route.fulfill(json=route.fetch().json() | changed),
        )
        visitor.page.reload()
        visitor.sees("installed")

    as_live(False)
    unconfirmed = visitor.page.locator("#fact-mode").inner_text()
    look(visitor, "connected-unconfirmed", language, "phone")
    as_live(True)
    assert visitor.page.locator("#fact-mode").inner_text() != unconfirmed
    look(visitor, "connected-live", language, "phone")


@pytest.mark.parametrize("language", WALKED)
def test_every_refusal_fits_a_phone_without_scripts(visit: Visit, language: str) -> None:
    visitor = visit(language=LOCALES[language], screen=PHONE, scripts=False)
    shown = ""
    visitor.page.route(
        "**/callback/stripe", lambda route: route.fulfill(body=shown, content_type="text/html")
    )
    for kind in sorted((*REFUSALS, "unavailable", "internal", "other")):
        shown = document(f"callback.{kind}", language).body
        visitor.open("/callback/stripe")
        expect(visitor.page.locator("#start-again")).to_be_visible()
        visitor.photograph(f"refused-{kind}-{language}-phone")
        box = visitor.page.locator("#status").bounding_box()
        assert box
        assert box["x"] + box["width"] <= PHONE["width"]


def test_the_callback_itself_refuses_with_pages_that_need_no_script(visit: Visit) -> None:
    began = visit()
    ready_to_connect(began)
    state = go_to_stripe(began)
    assert state == state_of(began.page)
    visitor = began.page.context.new_page()
    for expected, query in {
        "invalid_state": {**USER, "state": "junk", "install_signature": "t=1,v1=00"},
        "install_signature_missing": {**USER, "state": state},
        "invalid_install_signature": {**USER, "state": state, "install_signature": "t=1,v1=00"},
        "invalid_request": {"user_id": "me", "state": state, "install_signature": "t=1,v1=00"},
    }.items():
        answer = visitor.goto(f"{began.service.url}/callback/stripe?{urlencode(query)}")
        assert answer
        assert answer.status == (422 if expected == "invalid_request" else 400)
        assert answer.headers["cache-control"] == "no-store"
        card = visitor.locator("#status")
        expect(card).to_have_attribute("data-code", f"callback.{expected}")
        assert visitor.locator("script").count() == 0


@pytest.mark.parametrize("language", WALKED)
def test_a_connection_says_what_it_waits_for_and_what_to_do(visit: Visit, language: str) -> None:
    visitor = visit(language=LOCALES[language])
    account_id = connected(visitor)
    panel = visitor.page.locator("#agreement")
    expect(panel).to_be_hidden()
    order = {"account": account_id, "do": "withdraw_permission"}
    for permission in ("connected_account_read", "charge_read"):
        body = order | {"permission": permission}
        assert visitor.service.http.post("/_local/stripe/_merchant", json=body).is_success
    visitor.open(f"/connected?account_id={account_id}")
    expect(panel.locator("li")).to_have_count(2)
    look(visitor, "agreement", language, "phone", "desk")
    visitor.open("/connect#connections")
    expect(visitor.page.locator("#connection-list strong")).to_be_visible()
    look(visitor, "connect-agreement", language, "phone", "desk")
    visitor.page.route(
        re.compile(r"/installations/acct_\w+$"),
        lambda route: route.fulfill(json=route.fetch().json() | {"reachable": False}),
    )
    visitor.open(f"/connected?account_id={account_id}")
    expect(panel).to_have_attribute("data-reason", "unreachable")
    look(visitor, "unreachable", language, "phone", "desk")
