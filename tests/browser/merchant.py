"""What a merchant does to connect a Stripe account, in the browser."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, Request, expect

from local.issuer.tokens import subject
from tests.browser.conftest import Visitor
from tests.support.merchants import Merchant
from tests.support.service import Service

COOKIE = "__Host-countersign-install"
SHOP = "Boulangerie Tanaka"


def new_account(service: Service, name: str = SHOP) -> str:
    """A Stripe account that the app is not installed on; returns its id."""
    answer = service.http.post("/_local/stripe/_accounts", json={"name": name})
    return str(answer.json()["id"])


def ready_to_connect(visitor: Visitor) -> None:
    """Signed in on the connect page, with its button there."""
    visitor.open_signed_in("/connect")
    visitor.sees("ready")


def go_to_stripe(visitor: Visitor) -> str:
    """Leave for the install link; returns its state."""
    visitor.page.locator("#connect").click()
    return state_of(visitor.page)


def state_of(page: Page) -> str:
    """The state of the install link that a page is on."""
    page.wait_for_url("**/apps/install/link/**")
    return parse_qs(urlsplit(page.url).query)["state"][0]


def install(page: Page, account_id: str, mode: str = "test") -> None:
    """Choose the account and the mode on Stripe's page, and install."""
    page.locator(f"input[value={account_id}]").check()
    page.locator(f"input[name=mode][value={mode}]").check()
    page.get_by_role("button", name="Install").click()


def connect(visitor: Visitor, name: str = SHOP) -> str:
    """The whole way to the page of the connection; returns the account's id."""
    ready_to_connect(visitor)
    return go_and_install(visitor, name)


def connected(visitor: Visitor, name: str = SHOP) -> str:
    """On the page of a connection that was made without a browser, where the way to it is not what a
    test is about; returns the account's id.
    """
    account_id = connected_account(visitor, name)
    visitor.open_signed_in(f"/connected?account_id={account_id}")
    visitor.sees("installed")
    return account_id


def connected_account(visitor: Visitor, name: str = SHOP) -> str:
    """A new account that the visitor has connected; returns its id."""
    merchant = Merchant(visitor.service, subject(visitor.name), name)
    answer = merchant.connect()
    assert answer.status_code == 303, answer.text
    merchant.browser.close()
    return merchant.account


def go_and_install(visitor: Visitor, name: str = SHOP) -> str:
    """From the connect page to that of the connection; returns the account's id."""
    account_id = new_account(visitor.service, name)
    go_to_stripe(visitor)
    install(visitor.page, account_id)
    visitor.sees("installed")
    return account_id


def is_called(visitor: Visitor, name: str) -> None:
    """The page of the connection has Stripe's name for the account. It does without the name if
    Stripe's answer takes long, as when a function has to start first, so ask again until it comes.
    """
    heading = visitor.page.locator("#heading")
    for _ in range(5):
        if heading.inner_text() == f"{name} is connected":
            break
        visitor.page.reload()
        visitor.sees("installed")
    expect(heading).to_have_text(f"{name} is connected")


def redirect_of(service: Service, account_id: str, state: str) -> str:
    """The callback's address that Stripe would send a browser to, which nobody has opened yet."""
    body = {"account": account_id, "state": state}
    return str(service.http.post("/_local/stripe/_install", json=body).json()["redirect"])


def connections(visitor: Visitor) -> list[str]:
    """The accounts in the visitor's list, as the page shows them."""
    visitor.open("/connect")
    expect(visitor.page.locator("#connections")).to_be_visible()
    links = visitor.page.locator("#connection-list a").evaluate_all("all => all.map(a => a.href)")
    return [parse_qs(urlsplit(link).query)["account_id"][0] for link in links]


def binding(context: BrowserContext) -> dict[str, object]:
    """The cookie that ties the browser's install links to it, as the browser keeps it."""
    [found] = [cookie for cookie in context.cookies() if cookie.get("name") == COOKIE]
    return dict(found)


def callbacks(page: Page) -> list[str]:
    """The callback's addresses that this page opens from now on."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if re.search(r"/callback/stripe\?", request.url):
            seen.append(request.url)

    page.on("request", note)
    return seen
