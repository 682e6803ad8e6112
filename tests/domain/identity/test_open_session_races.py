"""Requests at the same moment make one session; a loser may be told to come again.

On the quick table, whose writes are atomic as DynamoDB's are: moto lets two conditional updates of
one item win when threads meet in it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.identity.context import Context
from countersign.identity.open_session import open_session
from countersign.identity.session_request import SessionRequest
from countersign.problems import Problem
from tests.support.fake_stripe import FakeStripe
from tests.support.threads import at_once
from tests.support.visits import USER, at_stripe, complete, opened, slot_of

THREADS = 16


def requests(context: Context) -> list[Callable[[], Any]]:
    """Requests of one user that differ in all that a request may differ in."""

    def request(number: int) -> Callable[[], Any]:
        details = {"email": f"{number}@example.com"} if number % 2 else None
        back = f"https://shop.example.com/done?{number}" if number % 3 else ""
        asked = SessionRequest(USER, f"https://{number % 4}.example.com", back, details)
        return lambda: open_session(context, asked)

    return [request(number) for number in range(THREADS)]


def check(results: list[Any], context: Context, stripe: FakeStripe) -> str:
    """Everybody got the one session, with a secret of their own, or is told to come again."""
    got = [result for result in results if isinstance(result, dict)]
    refused = [result for result in results if not isinstance(result, dict)]
    assert got, refused
    assert {problem.code for problem in refused if isinstance(problem, Problem)} <= {
        "request_in_progress"
    }
    assert all(isinstance(problem, Problem) for problem in refused), refused
    (session_id,) = {session["id"] for session in got}
    assert slot_of(context).session_id == session_id
    secrets = [session["client_secret"] for session in got]
    assert len(set(secrets)) == len(secrets)
    assert set(secrets) <= set(stripe.minted)
    assert opened(context)["id"] == session_id
    return str(session_id)


@pytest.mark.parametrize("pause", [0.0, 0.01])
def test_a_double_click_makes_one_session(
    context: Context, stripe: FakeStripe, pause: float
) -> None:
    stripe.pause = pause
    results = at_once([lambda: opened(context), lambda: opened(context)])
    check(results, context, stripe)
    assert len(at_stripe(stripe)) == 1


@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_sixteen_requests_that_differ_make_one_session(
    context: Context, stripe: FakeStripe, pause: float
) -> None:
    stripe.pause = pause
    check(at_once(requests(context)), context, stripe)
    assert len(at_stripe(stripe)) == 1


def test_sixteen_requests_after_a_canceled_session_make_one_more(
    context: Context, stripe: FakeStripe
) -> None:
    first = opened(context)["id"]
    complete(context, stripe, first)
    stripe.cancel(first)
    second = check(at_once(requests(context)), context, stripe)
    assert at_stripe(stripe) == [first, second]
    assert slot_of(context).attempt == 2


def test_sixteen_requests_after_a_lost_answer_find_the_session(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "lost")
    with pytest.raises(Problem):
        opened(context)
    found = check(at_once(requests(context)), context, stripe)
    assert at_stripe(stripe) == [found]


def test_sixteen_requests_while_stripe_has_saved_a_failure_make_one_session(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "saved_500")
    check(at_once(requests(context)), context, stripe)
    assert len(at_stripe(stripe)) == 1


def test_users_at_the_same_moment_do_not_meet(context: Context, stripe: FakeStripe) -> None:
    users = [f"user_{number}" for number in range(THREADS)]
    results = at_once([lambda user=user: opened(context, user) for user in users])  # type: ignore[misc]
    assert len({session["id"] for session in results}) == THREADS
    assert all(len(at_stripe(stripe, user)) == 1 for user in users)
