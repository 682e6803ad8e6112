"""Ending a session: cancel, and redaction."""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.identity.context import Context
from countersign.identity.end_session import cancel_session, redact_session
from countersign.identity.session import Session
from tests.support.fake_stripe import FakeStripe
from tests.support.visits import hear, opened, refusal, stored


def cancel(context: Context, session_id: str) -> Session:
    return cancel_session(context, stored(context, session_id))


def redact(context: Context, session_id: str) -> Session:
    return redact_session(context, stored(context, session_id))


def test_a_session_that_needs_input_is_canceled(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    assert cancel(context, session_id).status == "canceled"
    assert stored(context, session_id).status == "canceled"
    assert stripe.sessions[session_id]["status"] == "canceled"


def test_canceling_again_changes_nothing(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    first = cancel(context, session_id)
    assert cancel(context, session_id) == first
    assert stripe.calls.count("cancel") == 1


def test_canceling_a_session_that_was_canceled_at_stripe_shows_it(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.cancel(session_id)
    assert cancel(context, session_id).status == "canceled"


def test_a_cancel_whose_answer_was_lost_is_there_the_next_time(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.fails("cancel", "lost")
    assert refusal(cancel, context, session_id).status == 503
    assert cancel(context, session_id).status == "canceled"


@pytest.mark.parametrize("end", [cancel, redact])
@pytest.mark.parametrize("heard", [True, False])
def test_nothing_ends_while_stripe_is_checking(
    context: Context, stripe: FakeStripe, end: Callable[..., Any], heard: bool
) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(5)
    stripe.submit(session_id)
    stripe.clock.advance(3)
    if heard:
        hear(context, stripe)
    problem = refusal(end, context, session_id)
    assert (problem.status, problem.code) == (409, "verification_in_progress")
    assert stored(context, session_id).status == "processing"


@pytest.mark.parametrize("heard", [True, False])
def test_a_verified_session_can_not_be_canceled(
    context: Context, stripe: FakeStripe, heard: bool
) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(5)
    stripe.submit(session_id)
    stripe.verify(session_id)
    stripe.clock.advance(3)
    if heard:
        hear(context, stripe)
    problem = refusal(cancel, context, session_id)
    assert (problem.status, problem.code) == (409, "already_verified")
    assert stripe.sessions[session_id]["status"] == "verified"


def test_a_verified_session_is_redacted_once_stripe_says_so(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    stripe.verify(session_id)
    hear(context, stripe)
    assert redact(context, session_id).status == "verified"
    stripe.finish_redaction(session_id)
    hear(context, stripe)
    item = redact(context, session_id)
    assert (item.status, item.user) == ("redacted", "user_1")
    assert cancel(context, session_id).status == "redacted"
    assert stripe.calls.count("redact") == 1


def test_redacting_a_session_that_needs_input_cancels_it_first(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    assert redact(context, session_id).status == "canceled"
    stripe.finish_redaction(session_id)
    hear(context, stripe)
    assert stored(context, session_id).status == "redacted"


@pytest.mark.parametrize("verified", [True, False])
def test_asking_for_a_redaction_again_while_stripe_is_at_it_is_accepted_again(
    context: Context, stripe: FakeStripe, verified: bool
) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(5)
    if verified:
        stripe.submit(session_id)
        stripe.verify(session_id)
    stripe.clock.advance(5)
    first = redact(context, session_id)
    assert redact(context, session_id).status == first.status
    hear(context, stripe)
    assert redact(context, session_id).status == first.status


@pytest.mark.parametrize("heard", [True, False])
def test_a_canceled_session_is_not_redacted_by_stripe_and_that_is_said(
    context: Context, stripe: FakeStripe, heard: bool
) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(5)
    stripe.cancel(session_id)
    if heard:
        hear(context, stripe)
    problem = refusal(redact, context, session_id)
    assert (problem.status, problem.code) == (409, "verification_session_closed")


@pytest.mark.parametrize("end", [cancel, redact])
@pytest.mark.parametrize("fault", ["down", "unsaved_500"])
def test_a_stripe_that_is_down_ends_nothing(
    context: Context, stripe: FakeStripe, end: Callable[..., Any], fault: Any
) -> None:
    session_id = opened(context)["id"]
    stripe.fails(end.__name__, fault)
    before = stored(context, session_id)
    problem = refusal(end, context, session_id)
    assert (problem.status, problem.code) == (503, "stripe_unavailable")
    assert stored(context, session_id) == before


@pytest.mark.parametrize("end", [cancel, redact])
def test_a_session_that_is_gone_at_stripe_can_not_be_found(
    context: Context, stripe: FakeStripe, end: Callable[..., Any]
) -> None:
    session_id = opened(context)["id"]
    stripe.forget(session_id)
    problem = refusal(end, context, session_id)
    assert 400 <= problem.status < 500
