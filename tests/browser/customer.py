"""A customer of the sample shop, in a browser with a virtual authenticator."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import Visitor
from tests.browser.payments import plug_in
from tests.support.service import Service

AT_THE_SHOP_OR_ASKED_TO_SET_UP = """() => location.host.startsWith("merchant.")
  || document.querySelector("#status")?.dataset.state === "allowed" """


def address(service: Service, path: str = "/") -> str:
    return f"http://merchant.localhost:{urlsplit(service.url).port}{path}"


@dataclass
class Customer:
    """Somebody at the shop, with an authenticator in the device."""

    visitor: Visitor
    cdp: CDPSession

    @classmethod
    def come(cls, visitor: Visitor) -> "Customer":
        customer = cls(visitor, plug_in(visitor.page)[0])
        visitor.page.goto(address(visitor.service))
        return customer

    def allow_and_come_back(self) -> None:
        """In the wallet, which the shop has sent the customer to: allow it, and set the device up
        where that has not been done.
        """
        page = self.visitor.page
        page.locator("#allow").click()
        page.wait_for_function(AT_THE_SHOP_OR_ASKED_TO_SET_UP)
        if page.url.startswith(self.visitor.service.url):
            page.locator("#register").click()
            self.visitor.sees("registered")
            page.locator("#back").click()
        page.wait_for_url(f"{address(self.visitor.service)}**")
        self.knows("known")

    def knows(self, way: str) -> None:
        """What the shop says of the ways to pay, to a customer that it knows, or does not know."""
        self.visitor.sees("ready")
        expect(self.visitor.page.locator("#way")).to_have_attribute("data-way", way)

    def pay(self, mode: str = "autoAccept") -> None:
        self.cdp.send("Page.setSPCTransactionMode", {"mode": mode})
        self.visitor.page.locator("#pay").click()

    def again(self) -> None:
        self.visitor.page.locator("#again").click()
        self.visitor.sees("ready")

    def ends(self, state: str, reason: str) -> None:
        ends(self.visitor, state, reason)


def ends(visitor: Visitor, state: str, reason: str) -> None:
    """The payment is confirmed, or goes on with 3-D Secure for a reason."""
    visitor.sees(state)
    expect(visitor.page.locator("#status")).to_have_attribute("data-reason", reason)
    if state == "needs_3ds":
        expect(visitor.page.locator(".next")).to_contain_text("3-D Secure")
