"""A real Chromium, for the suites that need one."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    sync_playwright,
)

from local.browser import find_browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Built into every Chromium, but off on Linux.
    "--enable-features=SecurePaymentConfirmationBrowser",
    # A page that a test makes up comes from nowhere, and may not reach this machine otherwise. And
    # each new window would load pages of the browser's own beside it.
    "--disable-features=LocalNetworkAccessChecks,PreloadTopChromeWebUI",
]


Options = dict[str, Any]
DESK: ViewportSize = {"width": 1200, "height": 900}
USUAL: Options = {"locale": "en-GB", "viewport": DESK}
"""What a visitor has who says nothing else: a page that is given its size later is laid out twice."""


class Profiles:
    """Profiles of one browser, each lent to one visitor after another. A page loads some ten
    files, each by a call of a function; the next visitor has them in the profile's cache. Nothing
    else is left of the visitor before.

    Each profile keeps one empty page open. With its last page it would lose the processes that
    stand by for its next one, and to start them anew takes as long as two visits to a page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[tuple[Options, BrowserContext, Page]] = []

    @contextlib.contextmanager
    def lent(self, **options: Any) -> Iterator[BrowserContext]:
        """A profile with these options, which nobody else uses within the block."""
        options = USUAL | options
        fitting = (entry for entry in self._free if entry[0] == options)
        entry = next(fitting, None)
        if entry:
            self._free.remove(entry)
        _, context, kept = entry or self._new(options)
        yield context
        for page in context.pages:
            if page != kept:
                page.close()
        context.clear_cookies()
        self._free.append((options, context, kept))

    def _new(self, options: Options) -> tuple[Options, BrowserContext, Page]:
        context = self._browser.new_context(**options)
        return options, context, context.new_page()


@contextlib.contextmanager
def launched_browser() -> Iterator[Browser]:
    """One browser. While it is there Playwright keeps an event loop running in this thread: a test
    that needs a loop of its own has it in another (`tests.support.threads`).
    """
    program = find_browser(os.environ)
    if program is None:
        pytest.fail("no Chromium here: `make test` installs it, or says how to")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


HEAR = """() => {
  window.heard = false;
  addEventListener("mousemove", () => { window.heard = true; }, { once: true });
}"""
TRIES = 500
"""A frame of another origin that has only just appeared may be shown before the browser gives it any
input, or move once more: a click may go nowhere.
"""


def choose(option: Locator) -> None:
    """Check a radio button of such a frame, again where the click went nowhere."""
    for _ in range(TRIES):
        option.click()
        if option.is_checked():
            return
    pytest.fail("it cannot be chosen")


def takes_clicks(place: Locator) -> None:
    """Wait for such a frame to hear the mouse over this place."""
    place.evaluate(HEAR)
    for number in range(TRIES):
        place.hover(position={"x": 12 + number % 2, "y": 12})
        if place.evaluate("() => window.heard"):
            return
    pytest.fail("the frame hears no mouse")


def press(button: Locator) -> None:
    """Click a button of such a frame, once the frame hears the mouse there."""
    takes_clicks(button)
    button.click()
