"""What a person does in the payment wallet."""

from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import Visitor
from tests.browser.payments import plug_in


def at_the_wallet(visitor: Visitor, query: str = "", **device: bool) -> CDPSession:
    """Signed in on the wallet's page, with an authenticator in the device."""
    cdp, _ = plug_in(visitor.page, **device)
    visitor.open_signed_in(f"/wallet{query}")
    return cdp


def set_up(visitor: Visitor) -> None:
    visitor.page.locator("#register").click()
    visitor.sees("registered")
    expect(visitor.page.locator("#device-list li").first).to_be_visible()


def answer(question: Visitor, choice: str) -> None:
    expect(question.page.locator("#question")).to_be_visible()
    question.page.locator(f"#question-{choice}").click()
