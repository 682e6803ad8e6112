"""The pages that the guides have a reader save, opened in a browser as the guides say."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.merchant import install, new_account
from tests.browser.payments import ICON, plug_in
from tests.papers.guide import ADDRESS, PAPERS
from tests.support.browser import Profiles, choose, press
from tests.support.service import Service, new_user
from tests.support.spc_service import Shop

pytestmark = pytest.mark.server

SLOW = 30_000
PLACES = {"connect.html": "/connected"}
"""Where a page is put that is returned to: its own address is on nobody's list."""
_SAVED = re.compile(r"ave (?:this|it) as `site/(\w+\.html)`[^`]*```html\n(.*?)```", re.DOTALL)

Open = Callable[..., Page]


def saved() -> dict[str, str]:
    """The pages by the names under which they are saved."""
    return dict(page for paper in PAPERS.values() for page in _SAVED.findall(paper.text))


PAGES = saved()


@pytest.fixture
def context(profiles: Profiles) -> Iterator[BrowserContext]:
    with profiles.lent() as context:
        context.set_default_timeout(SLOW)
        yield context
        context.unroute_all()


@pytest.fixture
def site(context: BrowserContext, service: Service) -> Iterator[Open]:
    """Opens a saved page of the guides, on the service's own origin, which may call it. `beside` are
    the files that lie there too; fails if a page misbehaved.
    """
    problems: list[str] = []
    files: dict[str, str] = {}

    def serve(route: Route) -> None:
        text = files[urlsplit(route.request.url).path]
        kind = "text/html" if text.startswith("<") else "text/plain"
        route.fulfill(body=text, content_type=f"{kind}; charset=utf-8")

    def open_page(name: str, page: Page | None = None, **beside: str) -> Page:
        place = PLACES.get(name, f"/guide/{name}")
        files[place] = PAGES[name].replace(ADDRESS, service.url.partition("//")[2])
        files["/token.txt"] = service.token(new_user())
        files.update({f"/{file.replace('_', '.')}": text for file, text in beside.items()})
        page = page or context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{service.url}{place}")
        return page

    for pattern in ("guide/*", "connected*", "token.txt", "confirmation.json"):
        context.route(f"{service.url}/{pattern}", serve)
    yield open_page
    assert problems == []


def test_every_page_of_the_guides_is_opened_here() -> None:
    assert PAGES.keys() == {"index.html", "connect.html", "pay.html", "wallet.html"}


def test_a_visitor_verifies_on_the_page_of_the_identity_guide(site: Open) -> None:
    page = site("index.html")
    expect(page.locator("#status")).to_have_text("We need to see a document.")
    page.get_by_role("button", name="Verify my identity").click()
    modal = page.frame_locator("iframe")
    choose(modal.locator("input[value=success]"))
    press(modal.locator("button[type=submit]").first)
    expect(page.locator("#status")).to_have_text("You are verified.")
    expect(page.locator("#verify")).to_be_hidden()


def test_a_merchant_connects_on_the_page_of_the_guide_to_install_links(
    site: Open, service: Service
) -> None:
    account, page = new_account(service), site("connect.html")
    page.get_by_role("button", name="Connect your Stripe account").click()
    page.wait_for_url("**/apps/install/link/**")
    install(page, account)
    page.wait_for_url(f"{service.url}/connected?account_id={account}")
    page.reload()  # a redirect leads past what the test has put at an address
    expect(page.locator("#status")).to_have_text(f"{account} is installed.")


def test_a_payer_sets_a_device_up_and_pays_on_the_page_of_the_guide(
    site: Open, service: Service, context: BrowserContext
) -> None:
    shop, payer, page = Shop.open(service), new_user("payer"), context.new_page()
    shop.origin = service.url
    path, headers = f"/installations/{shop.merchant.account}", shop.merchant.headers
    changed = service.http.patch(path, headers=headers, json={"checkout_origins": [shop.origin]})
    assert changed.status_code == 200, changed.text
    cdp, _ = plug_in(page)
    site("pay.html", page, token_txt=service.token(payer))
    page.get_by_role("button", name="Set up this device").click()
    expect(page.locator("#status")).to_have_text("This device is set up.")
    body = {"account_id": shop.merchant.account}
    allowed = service.http.post("/spc-payers", headers=service.as_user(payer), json=body).json()
    shown = {"display_name": "Visa 4242", "icon": ICON}
    asked = shop.ask(allowed["payer"], instrument=shown)
    site("pay.html", page, token_txt=service.token(payer), confirmation_json=asked.text)
    cdp.send("Page.setSPCTransactionMode", {"mode": "autoAccept"})
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.locator("#status")).to_contain_text("ask the server")
    assert shop.verdict(asked.json()["ceremony_id"])["status"] == "authenticated"


def test_a_payer_looks_after_their_devices_on_the_page_of_the_browser_module(
    site: Open, context: BrowserContext
) -> None:
    page = context.new_page()
    plug_in(page)
    site("wallet.html", page)
    page.get_by_role("button", name="Set up this device").click()
    expect(page.locator("#entries li")).to_have_count(1)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#entries li")).to_have_count(0)
