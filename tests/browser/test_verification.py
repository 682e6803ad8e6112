"""The way of a visitor through the pages, in a real browser."""

import re

import jwt
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.looks import LOCALES, WALKED, look

REFUSALS = ["consent_declined", "something_new"]
"""A code of Stripe's, and one that it may have tomorrow."""


def test_the_session_that_these_tests_set_is_that_of_a_real_sign_in(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/verify")
    visitor.sign_in()
    visitor.sees("ready")
    kept = visitor.page.evaluate("JSON.parse(sessionStorage.getItem('countersign.session'))")
    told = visitor.session()
    assert kept.keys() == told.keys()
    assert kept["name"] == told["name"]
    [signed_in, called] = [claims(str(session["token"])) for session in (kept, told)]
    assert signed_in == called


def test_a_visitor_verifies_on_stripes_page_and_comes_back(visit: Visit) -> None:
    visitor = visit()
    visitor.ready_to_verify()
    visitor.page.locator("#verify-redirect").click()
    visitor.choose_on_stripes_page("success")
    visitor.page.wait_for_url("**/confirmation")
    visitor.sees("verified")


def test_the_result_of_a_slow_check_appears_without_a_reload(visit: Visit) -> None:
    visitor = visit()
    under_way(visitor)
    visitor.page.evaluate("window.sameDocument = true")
    expect(visitor.page.locator("#heading")).to_have_text("The check is under way")
    visitor.comes_to("verified")
    visitor.sees("verified")
    assert visitor.page.evaluate("window.sameDocument") is True


def test_a_failure_gives_its_reason_and_a_button_that_reopens_the_session(visit: Visit) -> None:
    visitor = visit()
    visitor.ready_to_verify()
    before = len(_creations(visitor))
    visitor.page.locator("#verify-modal").click()
    visitor.choose_in_modal("failure", "document_expired")
    visitor.page.wait_for_url("**/confirmation")
    visitor.sees("failed")
    expect(visitor.page.locator("#detail")).to_contain_text("Your document has expired")
    visitor.page.locator("#retry").click()
    visitor.choose_in_modal("failure", "selfie_face_mismatch")
    expect(visitor.page.locator("#detail")).to_contain_text("Your face did not match")
    visitor.page.locator("#retry").click()
    visitor.choose_in_modal("success")
    visitor.sees("verified")
    assert len(_creations(visitor)) - before == 1


def test_a_refusal_of_the_modal_has_its_own_message_and_next_step(visit: Visit) -> None:
    visitor = visit()
    headings = {"", "Verify your identity"}
    for code in REFUSALS:
        visitor.ready_to_verify()
        visitor.page.locator("#verify-modal").click()
        visitor.choose_in_modal(code)
        visitor.sees("refused")
        expect(visitor.page.locator("#alternative")).to_be_visible()
        heading = visitor.page.locator("#heading").inner_text()
        assert heading not in headings
        headings.add(heading)
        visitor.photograph(f"refused-{code}")
    visitor.page.locator("#alternative").click()
    expect(visitor.page.locator("h1")).to_be_visible()


def test_closing_the_modal_leaves_the_button_ready(visit: Visit) -> None:
    visitor = visit()
    visitor.ready_to_verify()
    visitor.page.locator("#verify-modal").click()
    visitor.modal.locator("h1").wait_for()
    visitor.page.get_by_role("button", name="Close").click()
    expect(visitor.page.locator("#notice")).to_contain_text("You closed the check")
    expect(visitor.page.locator("#verify-modal")).to_be_enabled()


def test_a_double_click_opens_one_modal_on_one_session(visit: Visit) -> None:
    visitor = visit()
    visitor.ready_to_verify()
    before = len(_creations(visitor))
    visitor.page.locator("#verify-modal").dblclick()
    visitor.modal.locator("h1").wait_for()
    assert visitor.page.locator("iframe").count() == 1
    assert len(_creations(visitor)) - before == 1


def test_a_visitor_can_verify_by_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    visitor.ready_to_verify()
    keyboard, page = visitor.page.keyboard, visitor.page
    for _ in range(20):
        keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "verify-modal":
            break
    keyboard.press("Enter")
    visitor.modal.locator("h1").wait_for()
    for _ in range(30):
        keyboard.press("Tab")
        frame = page.frames[-1]
        if frame.evaluate("document.activeElement?.type") == "submit":
            break
    keyboard.press("Enter")
    visitor.sees("verified")


def test_signing_out_forgets_the_visitor(visit: Visit) -> None:
    visitor = visit()
    visitor.ready_to_verify()
    visitor.page.locator("#sign-out").click()
    visitor.page.wait_for_url(re.compile(r"localhost:\d+/$"))
    visitor.open("/confirmation")
    visitor.sees("signed_out")


def test_no_secret_and_no_token_is_in_any_address_or_lasting_storage(visit: Visit) -> None:
    """On the way of a visitor who signs in, verifies in the modal and is verified."""
    visitor = visit()
    addresses: list[str] = []
    visitor.page.on("request", lambda request: addresses.append(request.url))
    visitor.open("/verify")
    visitor.sign_in()
    visitor.sees("ready")
    visitor.page.locator("#verify-modal").click()
    visitor.choose_in_modal("success")
    visitor.page.wait_for_url("**/confirmation")
    visitor.sees("verified")
    assert visitor.page.locator("#test-mode").is_visible()
    assert not [url for url in addresses if "_secret_" in url or "eyJ" in url]
    assert visitor.page.evaluate("JSON.stringify(localStorage)") == "{}"


@pytest.mark.parametrize("language", WALKED)
def test_every_page_fits_every_screen(visit: Visit, language: str) -> None:
    visitor = visit(language=LOCALES[language])

    def see(name: str) -> None:
        look(visitor, name, language)

    visitor.open("/")
    see("home")
    visitor.open("/verify")
    visitor.sees("signed_out")
    see("verify-signed-out")
    visitor.sign_in()
    visitor.sees("ready")
    see("verify")
    under_way(visitor)
    see("confirmation-processing")
    visitor.comes_to("document_unverified_other")
    visitor.sees("failed")
    see("confirmation-failed")
    visitor.page.locator("#retry").click()
    visitor.choose_in_modal("success")
    visitor.sees("verified")
    see("confirmation-verified")


def under_way(visitor: Visitor) -> None:
    """On the page that says so, for as long as the test wants: the stand-in's own slow check could
    be over before a busy machine has shown it.
    """
    if not visitor.page.url.endswith("/verify"):
        visitor.ready_to_verify()
    visitor.page.locator("#verify-modal").click()
    visitor.modal.locator("h1").wait_for()
    visitor.comes_to("processing")
    visitor.open("/confirmation")
    visitor.sees("processing")


def claims(token: str) -> dict[str, object]:
    """What a token says, but for when it was made."""
    said: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return {name: value for name, value in said.items() if name not in ("iat", "exp", "jti")}


def _creations(visitor: Visitor) -> list[object]:
    return [
        request
        for request in visitor.service.stripe_requests()
        if request["method"] == "POST" and request["path"].endswith("/verification_sessions")
    ]
