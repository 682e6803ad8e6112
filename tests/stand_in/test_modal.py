"""The modal in a real browser, on a site of another origin whose own policy is strict."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from tests.support.browser import choose, press
from tests.support.stand_in import StandIn
from tests.support.stand_in_servers import eventually


def begin(page: Page, secret: str | None) -> FrameLocator:
    page.locator("#verify").focus()
    page.evaluate("secret => window.begin(secret)", secret)
    return page.frame_locator("dialog iframe")


def result(page: Page) -> Any:
    return page.evaluate("() => window.begun")


def test_a_person_chooses_an_outcome(page: Page, stand_in: StandIn) -> None:
    session, addresses = stand_in.create(), []
    page.on("request", lambda request: addresses.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    modal = begin(page, session.client_secret)
    choose(modal.get_by_label("Verification failure", exact=False).first)
    modal.get_by_label("Check that fails").select_option("selfie_manipulated")
    press(modal.get_by_role("button", name="Submit"))
    assert result(page)["verificationSession"]["id"] == session.id
    read = stand_in.sessions.retrieve(session.id)
    assert read.last_error
    assert read.last_error.code == "selfie_manipulated"
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#verify")).to_be_focused()
    secret = str(session.client_secret).partition("_secret_")[2]
    assert not any(secret in address for address in addresses)
    assert complaints == []


def _escape(modal: FrameLocator) -> None:
    """The key from inside the frame, a moment later: the driver would wait for ever for a keyboard
    event to be taken by a frame that the event itself has closed.
    """
    script = """field => setTimeout(() => field.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Escape", bubbles: true })), 50)"""
    modal.get_by_label("No camera").evaluate(script)


def test_closing_it_in_any_way_resolves_with_session_cancelled(
    page: Page, stand_in: StandIn
) -> None:
    session = stand_in.create().id
    ways: tuple[Callable[[FrameLocator], None], ...] = (
        lambda _: page.get_by_role("button", name="Close").click(),
        lambda _: page.get_by_role("button", name="Close").press("Escape"),
        _escape,
    )
    for close in ways:
        modal = begin(page, stand_in.sessions.retrieve(session).client_secret)
        expect(modal.get_by_role("button", name="Submit")).to_be_visible()
        close(modal)
        assert result(page)["error"]["code"] == "session_cancelled"
        expect(page.locator("dialog")).to_have_count(0)
    assert stand_in.status(session) == "requires_input"


def test_the_focus_stays_inside(page: Page, stand_in: StandIn) -> None:
    modal = begin(page, stand_in.create().client_secret)
    expect(modal.get_by_role("heading")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") != "verify"


def test_a_used_secret_says_what_to_do(page: Page, stand_in: StandIn) -> None:
    session = stand_in.create()
    modal = begin(page, session.client_secret)
    expect(modal.get_by_role("button", name="Submit")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    result(page)
    again = begin(page, session.client_secret)
    expect(again.get_by_role("status")).to_contain_text("has been used")
    page.get_by_role("button", name="Close").click()
    assert result(page)["error"]["code"] == "client_secret_used"


def test_a_malformed_secret_resolves_with_an_error(page: Page) -> None:
    for secret in ("", "pi_1_secret_2", "vs_1", None, "vs_1_secret_<b>"):
        begin(page, secret)
        assert result(page)["error"]["type"] == "invalid_request_error"
        expect(page.locator("dialog")).to_have_count(0)


def test_a_key_that_is_no_test_key_throws(page: Page) -> None:
    attempt = "key => { try { Stripe(key); return ''; } catch (error) { return error.message; } }"
    for key in ("", "sk_test_local", "pk_live_1", None):
        assert "pk_test_" in page.evaluate(attempt, key)


def test_the_hosted_page_by_keyboard(page: Page, stand_in: StandIn) -> None:
    home = page.url
    session = stand_in.create(return_url=home)
    page.goto(str(session.url))
    page.get_by_label("Verification success", exact=False).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(home)
    eventually(lambda: stand_in.status(session.id) == "verified")


def test_nothing_is_wider_than_a_phone(page: Page, stand_in: StandIn) -> None:
    session = stand_in.create()
    for address in (str(session.url), stand_in.config.public_url + "/", "/modal"):
        page.goto(address if "://" in address else stand_in.config.public_url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
