"""What a browser that has nothing yet fetches, by which a person waits and a deployment is billed."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, Visitor, visiting
from tests.browser.payments import sites
from tests.support.browser import Profiles
from tests.support.service import Service

SCRIPTS = {
    "/": "home",
    "/verify": "verify",
    "/confirmation": "confirmation",
    "/connect": "connect",
    "/connected": "connected",
    "/wallet": "wallet",
}
PRELOADED = ("/settings.json", "/assets/messages.en.json")


@pytest.fixture
def visit_first(browser: Browser, service: Service) -> Iterator[Visit]:
    """Lets a visitor come whose browser has kept nothing."""
    with visiting(Profiles(browser), service) as come:
        yield come


def fetched(visitor: Visitor) -> list[str]:
    """The paths of our own that are fetched from now on, in their order."""
    paths: list[str] = []
    ours = visitor.service.url + "/"
    visitor.page.on(
        "request",
        lambda asked: asked.url.startswith(ours) and paths.append(urlsplit(asked.url).path),
    )
    return paths


@pytest.mark.parametrize("page", SCRIPTS)
def test_a_first_visit_to_a_page_fetches_one_script_and_what_it_asks_for_once(
    visit_first: Visit, page: str
) -> None:
    visitor = visit_first()
    paths = fetched(visitor)
    visitor.open(page)
    expect(visitor.page.locator("html")).to_have_attribute("data-ready", "")
    assert [path for path in paths if path.endswith(".js")] == [f"/assets/{SCRIPTS[page]}.js"]
    assert [paths.count(path) for path in PRELOADED] == [1, 1]


def test_a_page_of_a_merchants_that_imports_the_module_fetches_one_file(visit_first: Visit) -> None:
    visitor = visit_first()
    paths = fetched(visitor)
    with sites() as port:
        visitor.page.goto(f"http://merchant.localhost:{port}/")
        load = "async (home) => Object.keys(await import(`${home}/client.js`))"
        assert "payWithCountersign" in visitor.page.evaluate(load, visitor.service.url)
    assert paths == ["/client.js"]
