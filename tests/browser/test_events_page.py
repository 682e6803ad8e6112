"""The page that shows a newcomer cause and effect: what Stripe sent, what was stored, what left."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import PHONE, Visit, Visitor
from tests.support.service import Service, new_user
from tests.support.told_events import eventually_told

PATH = "/_local/events"


def new_session(service: Service) -> str:
    answer = service.http.post("/create-verification-session", headers=service.as_user(new_user()))
    return str(answer.json()["id"])


def case(visitor: Visitor, subject: str) -> Locator:
    """The part of the page about one subject."""
    return visitor.page.locator(".case", has=visitor.page.get_by_role("link", name=subject))


@pytest.fixture(scope="module")
def verified(service: Service) -> str:
    """The id of a session of which all is told."""
    session_id = new_session(service)
    service.outcome(session_id, "verified")
    eventually_told(service, session_id, "identity.verified")
    return session_id


def test_what_happens_shows_as_it_happens(service: Service, visit: Visit) -> None:
    visitor = visit()
    visitor.open(PATH)
    expect(visitor.page.get_by_role("status")).to_have_text("Live")
    session_id = new_session(service)
    service.outcome(session_id, "verified")
    shown = case(visitor, session_id)
    expect(shown.locator(".stripe")).to_contain_text("identity.verification_session.verified")
    expect(shown.locator(".stripe")).to_contain_text("answered: 200 applied")
    expect(shown.locator(".stored")).to_contain_text("session created, revision 1: requires_input")
    expect(shown.locator(".stored")).to_contain_text(": verified")
    expect(shown.locator(".left")).to_contain_text("identity.verified revision")


def test_by_keyboard_an_event_opens_and_a_subject_is_shown_alone(
    visit: Visit, verified: str
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.open(f"{PATH}#{verified}")
    expect(page.get_by_role("status")).to_have_text(f"Live, only {verified}")
    expect(page.locator(".case")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Show all subjects")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=verified)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] pre")).to_contain_text(f'"subject": "{verified}"')
    page.get_by_role("link", name="Show all subjects").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.get_by_role("link", name="Show all subjects")).to_be_hidden()


def test_a_page_that_is_paused_stays_as_it_is(service: Service, visit: Visit) -> None:
    visitor = visit()
    visitor.open(PATH)
    visitor.page.get_by_role("button", name="Pause").click()
    expect(visitor.page.get_by_role("status")).to_have_text("Paused")
    session_id = new_session(service)
    visitor.page.wait_for_timeout(1_500)
    expect(case(visitor, session_id)).to_have_count(0)
    visitor.page.get_by_role("button", name="Resume").click()
    expect(case(visitor, session_id)).to_have_count(1)


def test_it_fits_a_phone_and_a_desk_in_light_and_dark(visit: Visit, verified: str) -> None:
    visitor = visit()
    page = visitor.page
    visitor.open(PATH)
    case(visitor, verified).locator("summary").first.click()
    for screen, scheme in (("desk", "light"), ("desk", "dark"), ("phone", "light")):
        if screen == "phone":
            page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        visitor.photograph(f"events-{screen}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
