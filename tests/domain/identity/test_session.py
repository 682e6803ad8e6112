"""What the owner of a session sees, and what it means."""

import pytest

from countersign.identity.session import Session
from tests.support.clock import START
from tests.support.stripe_objects import CODES

FINAL = {"consent_declined", "country_not_supported", "under_supported_age"}


def session(status: str, code: str | None = None) -> Session:
    error = {"code": code, "message": ""} if code else None
    return Session("vs_1", f"0{START}1evt_1", status, False, START, last_error=error)


@pytest.mark.parametrize("code", [None, *CODES, "something_new"])
def test_a_failure_can_be_retried_unless_its_error_is_final(code: str | None) -> None:
    assert session("requires_input", code).is_retryable == (code not in FINAL)


@pytest.mark.parametrize(
    ("status", "is_open"),
    [("requires_input", True), ("processing", True), ("something_new", True),
     ("verified", False), ("canceled", False), ("redacted", False)],
)  # fmt: skip
def test_only_a_session_that_needs_input_can_be_retried_and_an_ended_one_is_not_open(
    status: str, is_open: bool
) -> None:
    assert session(status).is_open == is_open
    assert session(status).is_retryable == (status == "requires_input")


def test_the_owner_sees_these_members_and_no_others() -> None:
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
