"""The page of one connection: its settings, its end, and who may see it."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, Visitor, answered
from tests.browser.merchant import SHOP, connected, go_to_stripe, install, is_called

CONFIRMATION = "A" * 43
"""Of the right shape, and nobody's."""


def field(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(f"#{name}")


def save(visitor: Visitor) -> None:
    visitor.page.locator("#save").click()


def said_of_settings(visitor: Visitor) -> Locator:
    return visitor.page.locator("#settings-notice")


def test_settings_are_kept_as_a_browser_writes_them_and_removed_when_emptied(visit: Visit) -> None:
    visitor = visit()
    account_id = connected(visitor)
    field(visitor, "payee_name").fill("  Tanaka  ")
    field(visitor, "payee_origin").fill("https://Tanaka.EXAMPLE:443/")
    field(visitor, "checkout_origins").fill("https://one.example\n\nhttps://two.example/\n")
    field(visitor, "clients").fill("server_1\nserver_1")
    with answered(visitor, "**/installations/*"):
        save(visitor)
        expect(said_of_settings(visitor)).to_contain_text("The connection failed.")
    expect(field(visitor, "payee_name")).to_have_value("  Tanaka  ")
    save(visitor)
    expect(said_of_settings(visitor)).to_have_text("Saved.")
    expect(visitor.page.locator("#save")).to_be_focused()
    visitor.page.reload()
    visitor.sees("installed")
    expect(field(visitor, "payee_name")).to_have_value("Tanaka")
    expect(field(visitor, "payee_origin")).to_have_value("https://tanaka.example")
    expect(field(visitor, "checkout_origins")).to_have_value(
        "https://one.example\nhttps://two.example"
    )
    expect(field(visitor, "clients")).to_have_value("server_1")
    proof = visitor.page.locator("#proof")
    expect(proof).to_contain_text("https://tanaka.example/.well-known/countersign.json")
    expect(proof).to_contain_text(f'{{"accounts":["{account_id}"]}}')
    for name in ("payee_name", "clients"):
        field(visitor, name).fill("")
    save(visitor)
    expect(said_of_settings(visitor)).to_have_text("Saved.")
    visitor.page.reload()
    visitor.sees("installed")
    for name in ("payee_name", "clients"):
        expect(field(visitor, name)).to_have_value("")


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(visit: Visit) -> None:
    visitor = visit()
    connected(visitor)
    field(visitor, "payee_name").fill("Tanaka")
    field(visitor, "payee_origin").fill("http://tanaka.example/shop")
    field(visitor, "checkout_origins").fill("https://one.example\n\nnot an address")
    save(visitor)
    expect(said_of_settings(visitor)).to_contain_text("Nothing was saved.")
    origin = field(visitor, "payee_origin")
    expect(origin).to_be_focused()
    expect(origin).to_have_attribute("aria-invalid", "true")
    expect(origin).to_have_attribute("aria-describedby", "payee_origin-hint payee_origin-fault")
    expect(visitor.page.locator("#payee_origin-fault")).to_contain_text("begins with https://")
    expect(visitor.page.locator("#checkout_origins-fault")).to_contain_text("not an address: ")
    expect(field(visitor, "payee_name")).to_have_attribute("aria-invalid", "false")
    visitor.page.reload()
    visitor.sees("installed")
    expect(field(visitor, "payee_name")).to_have_value("")


def test_a_disconnected_account_can_be_connected_again_without_its_old_settings(
    visit: Visit,
) -> None:
    visitor = visit()
    account_id = connected(visitor)
    is_called(visitor, SHOP)
    field(visitor, "payee_name").fill("Tanaka")
    save(visitor)
    expect(said_of_settings(visitor)).to_have_text("Saved.")
    button, question = visitor.page.locator("#disconnect"), visitor.page.locator("dialog")
    button.focus()
    visitor.page.keyboard.press("Enter")
    expect(question).to_contain_text(f"Disconnect {SHOP}?")
    expect(visitor.page.locator("#disconnect-keep")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(button).to_be_focused()
    visitor.sees("installed")
    button.click()
    visitor.page.locator("#disconnect-confirm").click()
    visitor.sees("uninstalled")
    expect(visitor.page.locator("#heading")).to_be_focused()
    expect(visitor.page.locator("#settings")).to_be_hidden()
    # Stripe dates its events by the second, and within one an end counts as the later.
    visitor.page.wait_for_timeout(1000)
    visitor.page.locator("#go-connect").click()
    visitor.sees("ready")
    go_to_stripe(visitor)
    expect(visitor.page.locator("label", has_text=account_id)).to_contain_text("not installed")
    install(visitor.page, account_id)
    visitor.sees("installed")
    expect(field(visitor, "payee_name")).to_have_value("")


def test_the_page_is_of_use_whatever_is_not_known_of_the_account(visit: Visit) -> None:
    """Its name is text, it may be missing, the connection may not be read now, and it may be over."""
    name = "<img src=x onerror=alert(1)>"
    visitor = visit()
    page, account_id = visitor.page, connected(visitor, name)
    is_called(visitor, name)
    assert page.locator("img").count() == 0
    visitor.service.fault("/v1/account", 4, status=500)
    page.reload()
    visitor.sees("installed")
    expect(page.locator("#heading")).to_have_text(f"{account_id} is connected")
    visitor.service.fault("/v1/account", 0)
    with answered(visitor, f"**/installations/{account_id}", status=503, json={}):
        page.reload()
        visitor.sees("unavailable")
    page.locator("#retry").click()
    visitor.sees("installed")
    visitor.service.http.post("/_local/stripe/_uninstall", json={"account": account_id})
    for _ in range(30):
        page.reload()
        expect(page.locator("#status")).to_have_attribute("data-state", re.compile("installed$"))
        if page.locator("#status[data-state=uninstalled]").count():
            break
    expect(page.locator("#detail")).to_contain_text("It was disconnected on ")
    visitor.open("/connect")
    expect(page.locator("#connection-list")).to_contain_text("Disconnected on ")


def test_a_visitor_signs_in_and_comes_back_to_the_same_connection(visit: Visit) -> None:
    visitor = visit()
    account_id = connected(visitor)
    visitor.page.locator("#sign-out").click()
    visitor.page.wait_for_url(re.compile(r"localhost:\d+/$"))
    visitor.open(f"/connected?account_id={account_id}")
    visitor.sees("signed_out")
    visitor.sign_in()
    visitor.sees("installed")
    assert visitor.page.url.endswith(f"/connected?account_id={account_id}")


def test_a_connection_that_does_not_exist_leads_to_a_new_one(visit: Visit) -> None:
    visitor = visit()
    for query in ("", "?account_id=%3Cb%3E"):
        visitor.open_signed_in(f"/connected{query}")
        visitor.sees("not_found")
        visitor.page.locator("#go-connect").click()
        visitor.sees("ready")


def test_a_confirmation_leaves_the_address_at_once_and_outlives_the_sign_in(visit: Visit) -> None:
    visitor = visit()
    visitor.open(f"/connected?account_id=acct_1#confirmation={CONFIRMATION}")
    visitor.sees("signed_out")
    assert visitor.page.url == f"{visitor.service.url}/connected?account_id=acct_1"
    expect(visitor.page.locator("#heading")).to_have_text("Sign in to finish connecting")
    sent: list[str | None] = []
    visitor.page.on("request", lambda call: sent.append(call.post_data))
    visitor.sign_in()
    visitor.sees("refused")
    assert sent.count(f'{{"confirmation":"{CONFIRMATION}"}}') == 1
    expect(visitor.page.locator("#heading")).to_have_text("The connection was not completed")
    visitor.page.reload()
    visitor.sees("not_found")


def test_a_confirmation_that_could_not_be_sent_can_be_sent_again(visit: Visit) -> None:
    visitor = visit()
    with answered(visitor, "**/confirm"):
        visitor.open_signed_in(f"/connected?account_id=acct_1#confirmation={CONFIRMATION}")
        visitor.sees("undecided")
    visitor.page.locator("#retry").click()
    visitor.sees("refused")
