"""A customer of the sample shop, in a browser with a virtual authenticator."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import Visitor
from tests.browser.payments import plug_in
from tests.support.browser import press
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

    def pay(self, box: str = "small", card: str = "plain", mode: str = "autoAccept") -> None:
        """Choose a box and a card, and press the button to pay; `mode` is what the browser's dialog
        does by itself.
        """
        self.cdp.send("Page.setSPCTransactionMode", {"mode": mode})
        choose(self.visitor, box, card)
        self.visitor.page.locator("#pay").click()

    def again(self) -> None:
        self.visitor.page.locator("#again").click()
        self.visitor.sees("ready")

    def ends(self, state: str, reason: str) -> None:
        ends(self.visitor, state, reason)


def choose(visitor: Visitor, box: str = "small", card: str = "plain") -> None:
    """Choose what to buy, and a card."""
    visitor.page.locator(f"[name=box][value={box}]").check()
    visitor.page.locator(f"[name=card][value={card}]").check()


def asked_by_the_bank(visitor: Visitor, answer: str) -> None:
    """3-D Secure is shown, and the payer confirms, fails or leaves."""
    frame = visitor.page.frame_locator("dialog iframe")
    press(frame.get_by_role("button", name=answer, exact=True))


def ends(visitor: Visitor, state: str, reason: str) -> None:
    """The order has come to this status, for this reason or by this proof."""
    visitor.sees(state)
    expect(visitor.page.locator("#status")).to_have_attribute("data-reason", reason)


def asks_for_a_card(visitor: Visitor, reason: str) -> None:
    """The page asks for another card."""
    ends(visitor, "card", reason)
    expect(visitor.page.locator("#notice")).not_to_be_empty()


def at_the_shop(visitor: Visitor) -> None:
    """Open the shop, and wait until one can pay."""
    visitor.page.goto(address(visitor.service))
    visitor.sees("ready")
