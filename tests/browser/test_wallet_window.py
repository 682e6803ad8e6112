"""A shop whose server has no ticket: the frame has the person sign in, in a window of ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import FrameLocator, Page, Route, expect

from local.issuer.tokens import subject
from tests.browser.payments import Stage
from tests.browser.test_wallet_frame import asks_to_sign_in, devices, embed, outcomes, ready
from tests.support.browser import takes_clicks
from tests.support.service import new_user

KEEP = """
window.heard = [];
addEventListener("message", ({ data, origin }) => window.heard.push({ data, origin }));"""
"""Keeps every message that a page is sent, from the beginning."""
SIGNED_IN = "JSON.parse(sessionStorage.getItem('countersign.session'))?.token"


@contextmanager
def window_of(stage: Stage, frame: FrameLocator) -> Iterator[Page]:
    """The window that the frame opens."""
    takes_clicks(frame.locator("#heading"))
    with stage.page.context.expect_page() as opened:
        frame.locator("#choose").click()
    yield opened.value
    opened.value.close()


def sign_in(page: Page, name: str) -> None:
    page.locator("#sign-in").click()
    page.locator("input[name=name]").fill(name)
    page.keyboard.press("Enter")


def keep_ticket(route: Route, secrets: list[str]) -> None:
    """The window closes with its answer, so the answer is read on the way."""
    answer = route.fetch()
    secrets.append(answer.json()["ticket"])
    route.fulfill(response=answer)


def state(page: Page, name: str) -> None:
    expect(page.locator("#status")).to_have_attribute("data-state", name)


def test_a_person_signs_in_in_a_window_and_the_shop_learns_neither_token_nor_ticket(
    stage: Stage,
) -> None:
    name = new_user("Visitor ")
    secrets: list[str] = []
    stage.page.add_init_script(KEEP)
    frame = embed(stage, None)
    asks_to_sign_in(frame)
    with window_of(stage, frame) as page:
        state(page, "signed_out")
        sign_in(page, name)
        state(page, "asked")
        expect(page.locator("#heading")).to_contain_text("Morning Crumb")
        expect(page.locator("#detail")).to_contain_text(stage.origin)
        expect(page.locator("#detail")).to_contain_text(name)
        secrets.append(page.evaluate(SIGNED_IN))
        page.route("**/spc-registration-tickets", lambda route: keep_ticket(route, secrets))
        page.locator("#hand-over").click()
        ready(frame)
        expect(frame.locator("#owner")).to_contain_text(name)
    frame.locator("#register").click()
    expect(frame.locator("#heading")).to_have_text("This device is set up")
    assert outcomes(stage.page) == [{"registered": True, "code": None}]
    assert len(devices(stage, subject(name))) == 1
    heard = json.dumps(stage.page.evaluate("window.heard"))
    assert "countersign:ready" in heard
    assert "countersign:registered" in heard
    assert len(secrets) == 2
    assert all(len(secret) > 40 and secret not in heard for secret in secrets)
    assert name not in heard
    assert all(secret not in stage.page.content() for secret in secrets)


def test_whoever_says_no_gives_nothing_away_and_may_try_again(stage: Stage) -> None:
    frame = embed(stage, None)
    asks_to_sign_in(frame)
    with window_of(stage, frame) as page:
        sign_in(page, new_user("Visitor "))
        state(page, "asked")
        page.locator("#deny").click()
        page.wait_for_event("close") if not page.is_closed() else None
    asks_to_sign_in(frame)
    with window_of(stage, frame) as page:
        state(page, "signed_out")


def test_a_window_that_no_frame_of_ours_has_opened_hands_nothing_over(stage: Stage) -> None:
    """It cannot be opened by a shop's own page in the frame's place."""
    stage.open()
    stage.page.evaluate(KEEP)
    with stage.page.context.expect_page() as opened:
        stage.page.evaluate(
            "(url) => { window.opened = open(url) }", f"{stage.service.url}/wallet/ticket"
        )
    state(opened.value, "alone")
    forged = {"type": "countersign:asking", "accountId": stage.shop.merchant.account, "origin": "x"}
    stage.page.evaluate("(forged) => window.opened.postMessage(forged, '*')", forged)
    expect(opened.value.locator("#own")).to_be_visible()
    state(opened.value, "alone")
    assert stage.page.evaluate("window.heard") == []
    opened.value.close()


def test_a_page_that_cuts_the_window_off_is_told_to_use_the_wallet(stage: Stage) -> None:
    """As one with the Cross-Origin-Opener-Policy `same-origin`: its frames get no window back."""
    frame = embed(stage, None)
    asks_to_sign_in(frame)
    stage.page.frames[-1].evaluate("window.open = () => null")
    takes_clicks(frame.locator("#heading"))
    frame.locator("#choose").click()
    expect(frame.locator("#notice")).to_contain_text("in your wallet instead")
    expect(frame.locator("#open-wallet")).to_be_visible()
