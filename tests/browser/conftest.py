"""A real Chromium in front of the running service, and a visitor who uses it."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, ViewportSize, expect

from local.issuer.tokens import subject
from tests.browser.payments import Stage, sites
from tests.support.browser import DESK, Profiles, choose, press
from tests.support.service import ROOT, Service, new_user

SCREENSHOTS = ROOT / ".local" / "screenshots"
KEEPS_SCREENSHOTS = bool(os.environ.get("SCREENSHOTS"))
"""As `make looks` asks for them: each takes a third of a second."""
PHONE: ViewportSize = {"width": 360, "height": 780}
SLOW = 30_000
"""Milliseconds that a page may take to come to a state on a busy machine."""
expect.set_options(timeout=SLOW)
# What sign-in leaves in a window of the service's, and in no frame of another origin.
SIGNED_IN = """if (location.origin === %s)
  sessionStorage.setItem("countersign.session", JSON.stringify(%s));"""


@dataclass
class Visitor:
    """Somebody in front of a page; `problems` are what the browser complained of."""

    page: Page
    service: Service
    problems: list[str]
    name: str

    def open(self, path: str) -> None:
        self.page.goto(f"{self.service.url}{path}")

    def sign_in(self) -> None:
        """Sign in at the issuer, from a page that asks for it, and come back to it."""
        self.page.locator("#sign-in").click()
        self.page.locator("input[name=name]").fill(self.name)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: url.startswith(self.service.url) and "_local" not in url)

    def session(self) -> dict[str, object]:
        """What sign-in keeps in the window."""
        token = self.service.token(subject(self.name), "openid")
        return {"token": token, "expiresAt": (time.time() + 3000) * 1000, "name": self.name}

    @contextmanager
    def signed_in(self) -> Iterator[None]:
        """Pages opened within this block find the visitor signed in already: what comes after is the
        same, and the way to the issuer and back takes longer than most tests.
        """
        script = SIGNED_IN % (json.dumps(self.service.url), json.dumps(self.session()))
        cdp = self.page.context.new_cdp_session(self.page)
        cdp.send("Page.enable")
        added = cdp.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        yield
        # The session stays: one that is detached takes the device's authenticators with it.
        cdp.send("Page.removeScriptToEvaluateOnNewDocument", added)

    def open_signed_in(self, path: str) -> None:
        with self.signed_in():
            self.open(path)

    def ready_to_verify(self) -> None:
        """Signed in on the verify page, with its buttons there."""
        self.open_signed_in("/verify")
        self.sees("ready")

    def sees(self, state: str) -> None:
        """The page comes to a state, without being reloaded."""
        expect(self.page.locator("#status")).to_have_attribute("data-state", state)

    def comes_to(self, outcome: str) -> None:
        """Stripe takes the visitor's session to an outcome, when the test says so."""
        headers = self.service.as_user(subject(self.name))
        answer = self.service.http.get("/verification-sessions/current", headers=headers)
        self.service.outcome(answer.json()["id"], outcome)

    @property
    def modal(self) -> FrameLocator:
        """What Stripe's modal shows."""
        return self.page.frame_locator("iframe")

    def choose_in_modal(self, outcome: str, failure: str = "") -> None:
        choose(self.modal.locator(f"input[value={outcome}]"))
        if failure:
            self.modal.locator("select[name=failure]").select_option(failure)
        press(self.modal.locator("button[type=submit]").first)

    def choose_on_stripes_page(self, outcome: str, failure: str = "") -> None:
        self.page.wait_for_url("**/start/**")
        self.page.locator(f"input[value={outcome}]").check()
        if failure:
            self.page.locator("select[name=failure]").select_option(failure)
        self.page.locator("button[type=submit]").first.click()

    def photograph(self, name: str) -> None:
        """Keep a screenshot of the whole page as an artifact, where they are asked for."""
        if not KEEPS_SCREENSHOTS:
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


Visit = Callable[..., Visitor]
"""Lets somebody come, with a language and a screen."""


@pytest.fixture
def visit(profiles: Profiles, service: Service) -> Iterator[Visit]:
    """Lets a visitor come, with a language and a screen; fails if a page misbehaved."""
    with visiting(profiles, service) as come:
        yield come


@contextmanager
def visiting(profiles: Profiles, service: Service) -> Iterator[Visit]:
    """The same for as long as the block lasts."""
    visitors: list[Visitor] = []
    with ExitStack() as stack:

        def come(
            language: str = "en-GB", screen: ViewportSize = DESK, scripts: bool = True
        ) -> Visitor:
            lent = profiles.lent(locale=language, java_script_enabled=scripts)
            context = stack.enter_context(lent)
            context.set_default_timeout(SLOW)
            page = context.new_page()
            if screen != DESK:
                page.set_viewport_size(screen)
            visitor = Visitor(page, service, [], new_user("Visitor "))
            page.on("pageerror", lambda error: visitor.problems.append(str(error)))
            page.on("console", lambda said: _note(visitor, said.type, said.text))
            visitors.append(visitor)
            return visitor

        yield come
    for visitor in visitors:
        assert visitor.problems == []


@pytest.fixture(scope="module")
def stage(profiles: Profiles, service: Service) -> Iterator[Stage]:
    """A shop, and a payer with a registered credential, for all tests of a module."""
    with profiles.lent() as context, sites() as origin:
        context.set_default_timeout(SLOW)
        yield Stage.set(context, service, origin)


@pytest.fixture
def connected(service: Service) -> str:
    """The account of the sample shop, which has connected itself."""
    file = service.home / "state" / "shop.json"
    if not file.exists():
        host = f"merchant.localhost:{urlsplit(service.url).port}"
        headers = {"origin": f"http://{host}", "host": host}
        assert service.http.post("/connection/demo", headers=headers).status_code == 200
    return str(json.loads(file.read_text())["account_id"])


@contextmanager
def answered(who: Visitor | Stage, pattern: str | re.Pattern[str], **answer: Any) -> Iterator[None]:
    """Calls of this address get this answer within the block; none, where none is given."""
    page = who.page
    page.route(pattern, lambda route: route.fulfill(**answer) if answer else route.abort())
    yield
    page.unroute(pattern)


def _note(visitor: Visitor, kind: str, text: str) -> None:
    """A Content-Security-Policy that bites is a defect; an answer of 404 is none."""
    if kind == "error" and "Failed to load resource" not in text:
        visitor.problems.append(text)
