"""What the owner of a session is shown, and what it means."""

import pytest

from countersign.identity.snapshot import is_open, is_retryable, view
from tests.support.clock import START
from tests.support.stripe_objects import CODES

REFUSED_FOR_GOOD = {
    "consent_declined", "country_not_supported", "under_supported_age",
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_a_failure_can_be_retried_unless_trying_again_can_not_help(code: str) -> None:
    error = {"code": code, "message": ""}
    assert is_retryable("requires_input", error) == (code not in REFUSED_FOR_GOOD)


def test_an_unknown_failure_and_none_at_all_can_be_retried() -> None:
    assert is_retryable("requires_input", {"code": "something_new", "message": ""})
    assert is_retryable("requires_input", None)


@pytest.mark.parametrize("status", ["processing", "verified", "canceled", "redacted", "new"])
def test_nothing_can_be_retried_in_another_status(status: str) -> None:
    assert not is_retryable(status, None)


@pytest.mark.parametrize("status", ["requires_input", "processing", "something_new"])
def test_what_stripe_may_still_change_is_open(status: str) -> None:
    assert is_open(status)


@pytest.mark.parametrize("status", ["verified", "canceled", "redacted"])
def test_what_has_ended_is_not_open(status: str) -> None:
    assert not is_open(status)


def test_the_owner_sees_the_contracts_members_and_no_other() -> None:
    item = {
        "pk": "session#vs_1", "ord": f"0{START + 7}3evt_1", "rev": 4, "status": "requires_input",
        "last_error": {"code": "abandoned", "message": "m"}, "livemode": False, "created": START,
        "user": "user_1", "attempt": 2, "reports": {"vr_1:e1"}, "polls": 3, "next_poll_at": 9,
    }  # fmt: skip
    assert view(item) == {
        "id": "vs_1",
        "status": "requires_input",
        "last_error": {"code": "abandoned", "message": "m"},
        "retryable": True,
        "attempt": 2,
        "livemode": False,
        "created": START,
        "updated": START + 7,
    }
