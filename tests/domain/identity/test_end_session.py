"""Ending a session: cancel, and redaction."""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.aws.items import Item
from countersign.identity import end_session
from countersign.identity.context import Desk
from tests.support.fake_stripe import FakeStripe
from tests.support.visits import hear, opened, refusal, stored


def cancel(desk: Desk, session_id: str) -> Item:
    return end_session.cancel(desk, stored(desk, session_id))


def redact(desk: Desk, session_id: str) -> Item:
    return end_session.redact(desk, stored(desk, session_id))


def test_a_session_that_needs_input_is_canceled(desk: Desk, stripe: FakeStripe) -> None:
    session_id = opened(desk)["id"]
    assert cancel(desk, session_id)["status"] == "canceled"
    assert stored(desk, session_id)["status"] == "canceled"
    assert stripe.sessions[session_id]["status"] == "canceled"


def test_canceling_again_changes_nothing(desk: Desk, stripe: FakeStripe) -> None:
    session_id = opened(desk)["id"]
    first = cancel(desk, session_id)
    assert cancel(desk, session_id) == first
    assert stripe.calls.count("cancel") == 1


def test_canceling_a_session_that_was_canceled_at_stripe_shows_it(
    desk: Desk, stripe: FakeStripe
) -> None:
    session_id = opened(desk)["id"]
    stripe.cancel(session_id)
    assert cancel(desk, session_id)["status"] == "canceled"


def test_a_cancel_whose_answer_was_lost_is_there_the_next_time(
    desk: Desk, stripe: FakeStripe
) -> None:
    session_id = opened(desk)["id"]
    stripe.fails("cancel", "lost")
    assert refusal(cancel, desk, session_id).status == 503
    assert cancel(desk, session_id)["status"] == "canceled"


@pytest.mark.parametrize("end", [cancel, redact])
@pytest.mark.parametrize("heard", [True, False])
def test_nothing_ends_while_stripe_is_checking(
    desk: Desk, stripe: FakeStripe, end: Callable[..., Any], heard: bool
) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(5)
    stripe.submit(session_id)
    stripe.clock.advance(3)
    if heard:
        hear(desk, stripe)
    problem = refusal(end, desk, session_id)
    assert (problem.status, problem.code) == (409, "verification_in_progress")
    assert stored(desk, session_id)["status"] == "processing"


@pytest.mark.parametrize("heard", [True, False])
def test_a_verified_session_can_not_be_canceled(
    desk: Desk, stripe: FakeStripe, heard: bool
) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(5)
    stripe.submit(session_id)
    stripe.verify(session_id)
    stripe.clock.advance(3)
    if heard:
        hear(desk, stripe)
    problem = refusal(cancel, desk, session_id)
    assert (problem.status, problem.code) == (409, "already_verified")
    assert stripe.sessions[session_id]["status"] == "verified"


def test_a_verified_session_is_redacted_once_stripe_says_so(desk: Desk, stripe: FakeStripe) -> None:
    session_id = opened(desk)["id"]
    stripe.submit(session_id)
    stripe.verify(session_id)
    hear(desk, stripe)
    assert redact(desk, session_id)["status"] == "verified"
    stripe.finish_redaction(session_id)
    hear(desk, stripe)
    item = redact(desk, session_id)
    assert (item["status"], item["user"]) == ("redacted", "user_1")
    assert cancel(desk, session_id)["status"] == "redacted"
    assert stripe.calls.count("redact") == 1


def test_redacting_a_session_that_needs_input_cancels_it_first(
    desk: Desk, stripe: FakeStripe
) -> None:
    session_id = opened(desk)["id"]
    assert redact(desk, session_id)["status"] == "canceled"
    stripe.finish_redaction(session_id)
    hear(desk, stripe)
    assert stored(desk, session_id)["status"] == "redacted"


@pytest.mark.parametrize("verified", [True, False])
def test_asking_for_a_redaction_again_while_stripe_is_at_it_is_accepted_again(
    desk: Desk, stripe: FakeStripe, verified: bool
) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(5)
    if verified:
        stripe.submit(session_id)
        stripe.verify(session_id)
    stripe.clock.advance(5)
    first = redact(desk, session_id)
    assert redact(desk, session_id)["status"] == first["status"]
    hear(desk, stripe)
    assert redact(desk, session_id)["status"] == first["status"]


@pytest.mark.parametrize("heard", [True, False])
def test_a_canceled_session_is_not_redacted_by_stripe_and_that_is_said(
    desk: Desk, stripe: FakeStripe, heard: bool
) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(5)
    stripe.cancel(session_id)
    if heard:
        hear(desk, stripe)
    problem = refusal(redact, desk, session_id)
    assert (problem.status, problem.code) == (409, "verification_session_closed")


@pytest.mark.parametrize("end", [cancel, redact])
@pytest.mark.parametrize("fault", ["down", "unsaved_500"])
def test_a_stripe_that_is_down_ends_nothing(
    desk: Desk, stripe: FakeStripe, end: Callable[..., Any], fault: Any
) -> None:
    session_id = opened(desk)["id"]
    stripe.fails(end.__name__, fault)
    before = stored(desk, session_id)
    problem = refusal(end, desk, session_id)
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert stored(desk, session_id) == before


@pytest.mark.parametrize("end", [cancel, redact])
def test_a_session_that_is_gone_at_stripe_can_not_be_found(
    desk: Desk, stripe: FakeStripe, end: Callable[..., Any]
) -> None:
    session_id = opened(desk)["id"]
    stripe.forget(session_id)
    problem = refusal(end, desk, session_id)
    assert 400 <= problem.status < 500
