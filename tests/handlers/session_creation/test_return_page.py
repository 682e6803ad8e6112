"""`GET /verify/return/…`: where a visitor continues after Stripe's page."""

import time
from typing import Any

import pytest

from countersign.identity.return_page import LASTS
from tests.support.bundle import BACK, SESSIONS, Bundle
from tests.support.gateway import Caller, http_event
from tests.support.quick_dynamodb import QuickDynamoDB

START = "/verify/return/"
OURS = "https://api.example.com/confirmation"


def return_page(bundle: Bundle, session_id: str) -> str:
    """The path that Stripe returns this session's visitor to."""
    return_url = bundle.session_at_stripe(session_id)["return_url"]
    return str(return_url).removeprefix("https://api.example.com")


def location(bundle: Bundle, path: str) -> str:
    """Where a browser without a token is sent from there."""
    answer = Caller(bundle.user("any").handler).send(http_event("GET", path))
    assert (answer.status, answer.text) == (303, "")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]


def test_the_visitor_continues_where_the_latest_request_says(bundle: Bundle, user: str) -> None:
    page = return_page(bundle, bundle.open(user, return_url=f"{BACK}?a=1&b=%20"))
    assert location(bundle, page) == f"{BACK}?a=1&b=%20"
    bundle.open(user, return_url="https://other.example.com/")
    assert location(bundle, page) == "https://other.example.com/"
    bundle.open(user, flow="redirect")
    assert location(bundle, page) == OURS


def test_without_a_page_of_the_callers_the_visitor_sees_ours(bundle: Bundle, user: str) -> None:
    assert location(bundle, return_page(bundle, bundle.open(user))) == OURS


@pytest.mark.parametrize(
    "change",
    [{"ALLOWED_RETURN_URLS": "https://other.example.com/"}, {"IDENTITY_TABLE": "no-such-table"}],
)
def test_a_page_no_longer_allowed_or_a_storage_that_is_down_leads_to_ours(
    bundle: Bundle, deployed_with: Any, user: str, change: dict[str, str]
) -> None:
    page = return_page(bundle, bundle.open(user, return_url=BACK))
    deployed_with(**change)
    assert location(bundle, page) == OURS


def test_a_handle_that_we_did_not_make_costs_no_read(
    bundle: Bundle, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = return_page(bundle, bundle.open(user, return_url=BACK)).removeprefix(START)
    assert location(bundle, START + handle) == BACK
    forged = [
        handle[:-1] + ("A" if handle[-1] != "A" else "B"), handle[:-1], handle + "A", "A" * 43,
        "0" * 64 + "A" * 22, "x", "%00", "é", "a" * 5000, handle[:-1] + "%0a", f" {handle}",
    ]  # fmt: skip
    monkeypatch.setattr(QuickDynamoDB, "_admit", lambda *_: pytest.fail("there was a read"))
    for other in forged:
        assert location(bundle, START + other) == OURS, other


def test_a_handle_says_nothing_of_the_user_and_is_new_for_each_attempt(
    bundle: Bundle, user: str
) -> None:
    first = bundle.open(user)
    pages = {return_page(bundle, first)}
    hashes = [pk.partition("#")[2] for pk in bundle.items()]
    assert not any(found in page for found in hashes for page in pages)
    bundle.user(user).post(f"{SESSIONS}/{first}/cancel")
    assert return_page(bundle, bundle.open(user)) not in pages


def test_a_page_is_forgotten_once_stripes_page_cannot_return_to_it(
    bundle: Bundle, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = return_page(bundle, bundle.open(user, return_url=BACK))
    later = time.time() + LASTS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert location(bundle, page) == OURS
