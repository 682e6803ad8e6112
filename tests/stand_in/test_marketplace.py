"""The page of an install link in a real browser: by keyboard, on a phone, and back across origins."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from tests.support.browser import Profiles
from tests.support.stand_in import APP_ID, BOOKSHOP, INSTALLS, StandIn
from tests.support.stand_in_servers import FrontDoor

PHONE = 360
STATE = "line\r\nand é & ="


@pytest.fixture
def site(door: FrontDoor) -> str:
    """Where the site takes the callback: at `localhost`, the stand-in being at `127.0.0.1`."""
    return door.url.replace("127.0.0.1", "localhost") + "/callback/stripe"


@pytest.fixture
def stand_in(make_stand_in: Callable[..., StandIn], site: str) -> StandIn:
    stand_in = make_stand_in(redirect_uris=(site,))

    async def callback(_: Request) -> Response:
        # With an icon of its own: the browser would ask for one, and complain.
        return HTMLResponse('<!doctype html><title>Site</title><link rel="icon" href="data:,">')

    assert stand_in.app is not None
    stand_in.door.app = Starlette(
        routes=[Route("/callback/stripe", callback), Mount("/", stand_in.app)]
    )
    return stand_in


@pytest.fixture
def page(profiles: Profiles, stand_in: StandIn) -> Iterator[Page]:
    with profiles.lent(viewport={"width": PHONE, "height": 780}) as context:
        yield context.new_page()


def open_link(page: Page, stand_in: StandIn, **query: str) -> None:
    wanted = {"redirect_uri": stand_in.config.redirect_uris[0], "state": STATE, **query}
    page.goto(f"{stand_in.config.public_url}/apps/install/link/{APP_ID}?{urlencode(wanted)}")


def returned(page: Page, site: str) -> dict[str, str]:
    page.wait_for_url(site + "?**")
    query = parse_qs(urlsplit(page.url).query)
    return {name: values[0] for name, values in query.items()}


def test_a_person_installs_by_keyboard(page: Page, stand_in: StandIn, site: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    open_link(page, stand_in)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Morning Crumb Bakery")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Librairie Quarto")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Test mode")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Live mode")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Install")).to_be_focused()
    page.keyboard.press("Enter")
    query = returned(page, site)
    assert (query["account_id"], query["state"]) == (BOOKSHOP, STATE)
    assert query["install_signature"].startswith("t=")
    assert "livemode" not in query
    assert complaints == []


def test_a_merchant_uninstalls_by_keyboard(page: Page, stand_in: StandIn) -> None:
    stand_in.install()
    page.goto(stand_in.config.public_url + "/")
    page.get_by_role("link", name="Installed apps").press("Enter")
    button = page.get_by_role("button", name="Uninstall Countersign from Morning Crumb Bakery")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No account has the app.")).to_be_visible()
    assert stand_in.get(INSTALLS, app=APP_ID)["data"] == []


def test_nothing_is_wider_than_a_phone(page: Page, stand_in: StandIn) -> None:
    long = stand_in.post("/_accounts", {"name": "Donaudampfschifffahrtsgesellschaft" * 2}).json()
    stand_in.install(long["id"])
    visits: tuple[Callable[[], object], ...] = (
        lambda: open_link(page, stand_in),
        lambda: open_link(page, stand_in, redirect_uri="https://evil.example/"),
        lambda: page.goto(stand_in.config.public_url + "/apps"),
        lambda: page.goto(stand_in.config.public_url + "/"),
    )
    for visit in visits:
        visit()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, page.url
