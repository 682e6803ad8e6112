"""The browsers of the wallet: a new one is approved in one that is trusted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import visiting
from tests.browser.wallet_owner import REQUEST, Owner
from tests.support.authenticator import SigningKey
from tests.support.browser import Profiles
from tests.support.service import Service
from tests.support.spc_service import Shop


@pytest.fixture(scope="module")
def home(profiles: Profiles, service: Service) -> Iterator[Owner]:
    """Somebody who trusts a browser."""
    with visiting(profiles, service) as visit:
        yield Owner.at_home(visit(), Shop.open(service))


@pytest.fixture
def owner(home: Owner) -> Iterator[Owner]:
    """The same person, who has paid in another browser since."""
    trusted = set(home.browsers())
    home.pay_in(SigningKey.new())
    yield home
    home.visitor.page.unroute_all()
    for key_id in set(home.browsers()) - trusted:
        home.remove(key_id)


def press(waiting: Locator, name: str) -> None:
    """By keyboard, as the question is answered."""
    page = waiting.page
    button = waiting.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#question-yes")).to_be_focused()
    page.keyboard.press("Enter")


def test_a_new_browser_is_approved_in_a_trusted_one(owner: Owner) -> None:
    owner.stands_in()
    waiting = owner.look()
    expect(waiting).to_contain_text("New browser, used on")
    press(waiting, "Trust the browser")
    owner.note("The browser is trusted now")
    expect(waiting).to_have_count(0)
    expect(owner.visitor.page.locator("#devices-heading")).to_be_focused()
    assert list(owner.browsers().values()) == ["trusted", "trusted"]


DENIED = {
    "autoAccept": "only in a browser that is trusted already",
    "autoReject": "Nothing was changed",
    "autoChooseToAuthAnotherWay": "only in a browser that is trusted already",
}
"""What is said when the dialog has ended in this way."""


def test_however_the_dialog_ends_there_is_a_next_step(owner: Owner) -> None:
    """The answer of Chromium is genuine, but carries no key of its own."""
    for mode, text in DENIED.items():
        waiting = owner.look(mode)
        press(waiting, "Trust the browser")
        owner.note(text)
        expect(waiting.get_by_role("button", name="Trust the browser")).to_be_enabled()
    assert "pending" in owner.browsers().values()
    asked: list[str] = []
    owner.visitor.page.evaluate("delete globalThis.PaymentRequest")
    owner.visitor.page.on("request", lambda request: asked.append(request.url))
    press(waiting, "Trust the browser")
    owner.note(DENIED["autoAccept"])
    assert not [url for url in asked if "approval-request" in url]


def test_a_request_that_the_browser_does_not_take_is_said_by_its_code(owner: Owner) -> None:
    def spoil(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        route.fulfill(json=told | {"request": told["request"] | {"credentialIds": []}})

    owner.visitor.page.route(REQUEST, spoil)
    press(owner.look(), "Trust the browser")
    owner.note("invalid_request")


def test_a_browser_is_removed(owner: Owner) -> None:
    press(owner.look(), "Remove the browser")
    owner.note("The browser was removed.")
    expect(owner.visitor.page.locator(".browser")).to_have_count(1)
    assert list(owner.browsers().values()) == ["trusted"]


def test_a_browser_that_was_removed_meanwhile_says_so(owner: Owner) -> None:
    waiting = owner.look()
    (new,) = [key for key, status in owner.browsers().items() if status == "pending"]
    owner.remove(new)
    press(waiting, "Trust the browser")
    owner.note("no longer on your list")
    expect(waiting).to_have_count(0)
