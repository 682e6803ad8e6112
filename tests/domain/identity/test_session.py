"""What the owner of a session is shown, and what it means."""

import pytest

from countersign.identity.session import Session
from tests.support.clock import START
from tests.support.stripe_objects import CODES

REFUSED_FOR_GOOD = {"consent_declined", "country_not_supported", "under_supported_age"}


def session(status: str, code: str | None = None) -> Session:
    error = {"code": code, "message": ""} if code else None
    return Session("vs_1", f"0{START}1evt_1", status, False, START, last_error=error)


@pytest.mark.parametrize("code", CODES)
def test_a_failure_can_be_retried_unless_trying_again_can_not_help(code: str) -> None:
    assert session("requires_input", code).is_retryable == (code not in REFUSED_FOR_GOOD)


def test_an_unknown_failure_and_none_at_all_can_be_retried() -> None:
    assert session("requires_input", "something_new").is_retryable
    assert session("requires_input").is_retryable


@pytest.mark.parametrize("status", ["processing", "verified", "canceled", "redacted", "new"])
def test_nothing_can_be_retried_in_another_status(status: str) -> None:
    assert not session(status).is_retryable


@pytest.mark.parametrize("status", ["requires_input", "processing", "something_new"])
def test_what_stripe_may_still_change_is_open(status: str) -> None:
    assert session(status).is_open


@pytest.mark.parametrize("status", ["verified", "canceled", "redacted"])
def test_what_has_ended_is_not_open(status: str) -> None:
    assert not session(status).is_open


def test_the_owner_sees_the_contracts_members_and_no_other() -> None:
    item = {
        "pk": "session#vs_1", "ord": f"0{START + 7}3evt_1", "rev": 4, "status": "requires_input",
        "last_error": {"code": "abandoned", "message": "m"}, "livemode": False, "created": START,
        "user": "user_1", "attempt": 2, "reports": {"vr_1:e1"}, "polls": 3, "next_poll_at": 9,
    }  # fmt: skip
    assert Session.from_item(item).view() == {
        "id": "vs_1",
        "status": "requires_input",
        "last_error": {"code": "abandoned", "message": "m"},
        "retryable": True,
        "attempt": 2,
        "livemode": False,
        "created": START,
        "updated": START + 7,
    }
