"""A request repeated under its `Idempotency-Key`: the session that it was answered with, if any."""

from dataclasses import replace

import pytest

from countersign.identity.context import Context
from countersign.identity.open_session import reopen_session
from tests.support.fake_stripe import FakeStripe
from tests.support.visits import USER, complete, hear, opened, refusal


def test_a_repeated_request_gets_the_session_again(context: Context, stripe: FakeStripe) -> None:
    first = opened(context)
    again = reopen_session(context, USER, first["id"])
    assert again["id"] == first["id"]
    assert again["client_secret"] != first["client_secret"]


def test_a_repeated_request_for_a_session_that_has_ended_is_told_so(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.cancel(session_id)
    problem = refusal(reopen_session, context, USER, session_id)
    assert (problem.status, problem.code) == (409, "verification_session_closed")


def test_a_repeated_request_for_a_session_that_is_gone_is_told_so(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.forget(session_id)
    problem = refusal(reopen_session, context, USER, session_id)
    assert (problem.status, problem.code) == (409, "verification_session_closed")


def test_a_repeated_request_gets_its_own_session_or_none(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    stripe.cancel(first)
    second = opened(context)["id"]
    assert refusal(reopen_session, context, USER, first).code == "verification_session_closed"
    assert reopen_session(context, USER, second)["id"] == second
    assert refusal(reopen_session, context, "user_2", second).code == "verification_session_closed"


@pytest.mark.parametrize("state", ["processing", "verified"])
def test_a_repeated_request_is_refused_as_a_first_one_would_be(
    context: Context, stripe: FakeStripe, state: str
) -> None:
    session_id = opened(context)["id"]
    stripe.submit(session_id)
    if state == "verified":
        stripe.verify(session_id)
    assert refusal(reopen_session, context, USER, session_id).code == refusal(opened, context).code


def test_a_repeated_request_is_held_to_the_limit_of_all_attempts(
    context: Context, stripe: FakeStripe
) -> None:
    """Checks of the session before count for a repeated request as they do for a new one."""
    context = replace(context, settings=replace(context.settings, max_verification_attempts=3))
    first = opened(context)["id"]
    complete(context, stripe, first, times=2)
    stripe.cancel(first)
    second = opened(context)["id"]
    complete(context, stripe, second)
    hear(context, stripe)
    assert refusal(opened, context).code == "too_many_attempts"
    assert refusal(reopen_session, context, USER, second).code == "too_many_attempts"
