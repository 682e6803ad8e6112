"""The way of a merchant through install links, in a real browser and across origins."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor, answered
from tests.browser.merchant import (
    SHOP,
    binding,
    callbacks,
    connect,
    connected_account,
    connections,
    go_and_install,
    go_to_stripe,
    install,
    is_called,
    new_account,
    ready_to_connect,
    state_of,
)


def test_a_merchant_installs_the_app_and_the_account_is_connected(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/connect")
    visitor.sign_in()
    visitor.sees("ready")
    account_id = go_and_install(visitor)
    assert visitor.page.url == f"{visitor.service.url}/connected?account_id={account_id}"
    is_called(visitor, SHOP)
    expect(visitor.page.locator("#fact-account")).to_have_text(account_id)
    expect(visitor.page.locator("#fact-mode")).to_have_text("Test mode")
    assert connections(visitor) == [account_id]


def test_the_cookie_of_an_install_link_is_sent_back_to_this_host_alone(visit: Visit) -> None:
    visitor = visit()
    ready_to_connect(visitor)
    go_to_stripe(visitor)
    cookie = binding(visitor.page.context)
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    assert (cookie["domain"], cookie["path"]) == ("localhost", "/")
    assert visitor.page.evaluate("document.cookie") == ""


def test_a_cookie_for_this_site_only_would_be_lost_on_the_way_back(visit: Visit) -> None:
    """Stripe's page is another site here too, so a `SameSite=Strict` by mistake shows."""
    visitor = visit()
    account_id = new_account(visitor.service)
    ready_to_connect(visitor)
    go_to_stripe(visitor)
    context = visitor.page.context
    strict = binding(context) | {"sameSite": "Strict"}
    context.clear_cookies()
    context.add_cookies([strict])  # type: ignore[list-item]
    assert binding(context)["sameSite"] == "Strict"
    install(visitor.page, account_id)
    visitor.sees("refused")


def test_a_canceled_installation_changes_nothing_and_can_be_tried_again(visit: Visit) -> None:
    visitor = visit()
    ready_to_connect(visitor)
    go_to_stripe(visitor)
    visitor.page.get_by_role("button", name="Cancel").click()
    visitor.sees("not_connected")
    assert visitor.page.url == f"{visitor.service.url}/not-connected"
    assert "denied" not in visitor.page.locator("body").inner_text()
    visitor.page.locator("#try-again").click()
    visitor.sees("ready")
    assert connections(visitor) == []


def test_a_reload_of_the_callback_shows_the_same_connection(visit: Visit) -> None:
    visitor = visit()
    opened = callbacks(visitor.page)
    account_id = connect(visitor)
    visitor.page.reload()
    visitor.sees("installed")
    visitor.page.goto(opened[0])
    visitor.sees("installed")
    assert visitor.page.url == f"{visitor.service.url}/connected?account_id={account_id}"
    assert connections(visitor) == [account_id]


def test_a_victim_who_follows_an_attackers_link_connects_nothing(visit: Visit) -> None:
    attacker, victim = visit(), visit()
    account_id = new_account(victim.service)
    ready_to_connect(attacker)
    go_to_stripe(attacker)
    ready_to_connect(victim)
    victim.page.goto(attacker.page.url)
    install(victim.page, account_id)
    victim.sees("refused")
    assert connections(victim) == connections(attacker) == []


def test_two_tabs_of_a_browser_connect_an_account_each(visit: Visit) -> None:
    visitor = visit()
    accounts = [new_account(visitor.service, f"Shop {number}") for number in (1, 2)]
    ready_to_connect(visitor)
    first, second = visitor.page, visitor.page.context.new_page()
    go_to_stripe(visitor)
    visitor.page = second
    ready_to_connect(visitor)
    go_to_stripe(visitor)
    for page, account_id in zip((first, second), accounts, strict=True):
        install(page, account_id)
        page.wait_for_url(f"**/connected?account_id={account_id}")
    assert sorted(connections(visitor)) == sorted(accounts)


def test_a_long_list_of_connections_goes_on_where_it_ended(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    accounts = {connected_account(visitor), connected_account(visitor)}
    ready_to_connect(visitor)
    one_at_a_time = re.compile(r"/installations\?")
    page.route(one_at_a_time, lambda route: route.continue_(url=f"{route.request.url}&limit=1"))
    [shown] = connections(visitor)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#connection-list a")).to_have_count(2)
    expect(page.locator("#connection-list a").last).to_be_focused()
    expect(page.locator("#connections-more")).to_be_hidden()
    expect(page.locator("#connection-list")).to_contain_text((accounts - {shown}).pop())


def test_a_list_that_cannot_be_read_now_can_be_asked_for_again(visit: Visit) -> None:
    visitor = visit()
    account_id = connected_account(visitor)
    ready_to_connect(visitor)
    with answered(visitor, re.compile(r"/installations\?")):
        assert connections(visitor) == []
        expect(visitor.page.locator("#connections-note")).to_contain_text("cannot be shown")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.locator("#connection-list")).to_contain_text(account_id)
    expect(visitor.page.locator("#connections-note")).to_have_text("")


def test_a_double_click_begins_one_connection(visit: Visit) -> None:
    visitor = visit()
    ready_to_connect(visitor)
    begun: list[str] = []
    visitor.page.on("request", lambda request: begun.append(f"{request.method} {request.url}"))
    visitor.page.locator("#connect").dblclick()
    state_of(visitor.page)
    assert len([call for call in begun if call.endswith("/install-links")]) == 1


def test_a_link_that_cannot_be_made_is_explained(visit: Visit) -> None:
    visitor = visit()
    ready_to_connect(visitor)
    for status, code, said in (
        (503, "storage_unavailable", "The service is not available right now."),
        (500, "install_links_misconfigured", "Connecting has not been set up for this site."),
        (429, "", "Too many requests at the moment."),
        (409, "something_new", "Something went wrong (something_new)."),
    ):
        problem = {"code": code} if code else {"message": "Too Many Requests"}
        with answered(visitor, "**/install-links", status=status, json=problem):
            visitor.page.locator("#connect").click()
            expect(visitor.page.locator("#notice")).to_contain_text(said)
    go_to_stripe(visitor)


def test_a_merchant_can_connect_by_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    keyboard = visitor.page.keyboard
    account_id = new_account(visitor.service)
    ready_to_connect(visitor)
    press_until(visitor, "Tab", "document.activeElement.id === 'connect'")
    keyboard.press("Enter")
    state_of(visitor.page)
    press_until(visitor, "Tab", "document.activeElement.name === 'account'")
    press_until(visitor, "ArrowUp", f"document.activeElement.value === '{account_id}'")
    press_until(visitor, "Tab", "document.activeElement.textContent === 'Install'")
    keyboard.press("Enter")
    visitor.sees("installed")
    press_until(visitor, "Tab", "document.activeElement.id === 'payee_name'")
    keyboard.type("Tanaka")
    keyboard.press("Enter")
    expect(visitor.page.locator("#settings-notice")).to_have_text("Saved.")
    press_until(visitor, "Tab", "document.activeElement.id === 'disconnect'")


def press_until(visitor: Visitor, key: str, reached: str) -> None:
    """Press a key until the browser says that the place is reached."""
    for _ in range(60):
        visitor.page.keyboard.press(key)
        if visitor.page.evaluate(reached):
            return
    raise AssertionError(f"{key} does not lead to {reached}")
