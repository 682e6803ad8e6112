"""The limit of completed checks within a day."""

from dataclasses import replace

import pytest

from countersign.identity.attempts import WINDOW
from countersign.identity.context import Context
from tests.support.clock import START, Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.visits import at_stripe, complete, hear, opened, refusal, slot_of

ALLOWED = 3


@pytest.fixture
def context(context: Context) -> Context:
    return replace(context, settings=replace(context.settings, max_verification_attempts=ALLOWED))


def test_the_allowed_number_of_checks_is_allowed(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    for _ in range(ALLOWED):
        assert opened(context)["id"] == session_id
        complete(context, stripe, session_id)
    problem = refusal(opened, context)
    assert (problem.status, problem.code) == (429, "too_many_attempts")


def test_retry_after_says_exactly_when_the_next_check_is_allowed(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    session_id = opened(context)["id"]
    complete(context, stripe, session_id, times=ALLOWED)
    clock.now = START + 100
    wait = int(refusal(opened, context).headers["Retry-After"])
    assert wait == WINDOW - 100
    clock.advance(wait - 1)
    assert refusal(opened, context).headers["Retry-After"] == "1"
    clock.advance(1)
    assert opened(context)["id"] == session_id


def test_a_visit_that_ended_before_a_check_is_not_counted(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    for _ in range(ALLOWED * 2):
        stripe.fail(session_id, "consent_declined")
        stripe.clock.advance(1)
        assert opened(context)["id"] == session_id


def test_duplicates_and_reads_of_one_check_count_once(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    for _ in range(ALLOWED * 2):
        complete(context, stripe, session_id, times=0)
        opened(context)
        stripe.clock.advance(60)
    complete(context, stripe, session_id, times=ALLOWED - 1)
    assert opened(context)["id"] == session_id


def test_checks_of_sessions_before_count_too(context: Context, stripe: FakeStripe) -> None:
    for _ in range(ALLOWED):
        session_id = opened(context)["id"]
        complete(context, stripe, session_id)
        stripe.cancel(session_id)
    assert refusal(opened, context).code == "too_many_attempts"
    assert len(at_stripe(stripe)) == ALLOWED


def test_checks_of_however_many_sessions_before_count(context: Context, stripe: FakeStripe) -> None:
    context = replace(context, settings=replace(context.settings, max_verification_attempts=9))
    for _ in range(9):
        session_id = opened(context)["id"]
        complete(context, stripe, session_id)
        stripe.cancel(session_id)
    assert refusal(opened, context).code == "too_many_attempts"


def test_cancel_and_redact_do_not_begin_the_count_again(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    complete(context, stripe, session_id, times=ALLOWED)
    stripe.redact(session_id)
    assert refusal(opened, context).code == "too_many_attempts"
    stripe.finish_redaction(session_id)
    assert refusal(opened, context).code == "too_many_attempts"
    stripe.forget(session_id)
    assert refusal(opened, context).code == "too_many_attempts"


def test_a_check_whose_event_comes_after_the_next_session_was_begun_counts(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    for _ in range(ALLOWED - 1):
        stripe.submit(first)
        stripe.fail(first)
        stripe.clock.advance(1)
    stripe.cancel(first)
    second = opened(context)["id"]
    complete(context, stripe, second)
    hear(context, stripe, first)
    assert refusal(opened, context).code == "too_many_attempts"


def test_checks_without_a_webhook_are_counted_by_the_reads(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    for _ in range(ALLOWED):
        assert opened(context)["id"] == session_id
        stripe.submit(session_id)
        stripe.fail(session_id)
        stripe.clock.advance(10)
    assert refusal(opened, context).code == "too_many_attempts"


def test_checks_of_sessions_before_stop_counting_after_a_day(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    first = opened(context)["id"]
    complete(context, stripe, first, times=ALLOWED)
    stripe.cancel(first)
    refusal(opened, context)
    clock.advance(WINDOW)
    second = opened(context)["id"]
    assert second != first
    assert slot_of(context).checks == frozenset()


def test_a_limit_that_was_raised_counts_at_once(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    complete(context, stripe, session_id, times=ALLOWED)
    refusal(opened, context)
    more = replace(
        context, settings=replace(context.settings, max_verification_attempts=ALLOWED + 1)
    )
    assert opened(more)["id"] == session_id
