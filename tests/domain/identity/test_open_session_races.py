"""Requests at the same moment create one session; a loser may be asked to try again.

On the quick table, whose writes are atomic as DynamoDB's are: moto lets two conditional updates of
one item win when threads meet in it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.identity.open_session import open_session
from countersign.identity.session_request import SessionRequest
from countersign.problems import Problem
from tests.support.threads import at_once
from tests.support.visits import BACK, USER, World, new_handle

THREADS = 16


def requests(world: World) -> list[Callable[[], Any]]:
    """Requests of one user that differ in all that a request may differ in."""

    def send(number: int) -> Callable[[], Any]:
        details = {"email": f"{number}@example.com"} if number % 2 else None
        back = f"{BACK}?{number}" if number % 3 else ""
        asked = SessionRequest(
            USER, f"https://{number % 4}.example.com", new_handle(), back, details
        )
        return lambda: open_session(world.context, asked)

    return [send(number) for number in range(THREADS)]


def the_one_session(results: list[Any], world: World) -> str:
    """Everyone got the one session, with a secret of their own, or was asked to try again."""
    got = [result for result in results if isinstance(result, dict)]
    refused = [result for result in results if not isinstance(result, dict)]
    assert got, refused
    assert all(isinstance(problem, Problem) for problem in refused), refused
    assert {problem.code for problem in refused} <= {"request_in_progress"}
    (session_id,) = {session["id"] for session in got}
    assert world.slot().session_id == session_id
    secrets = [session["client_secret"] for session in got]
    assert len(set(secrets)) == len(secrets)
    assert set(secrets) <= set(world.stripe.minted)
    assert world.open() == session_id
    return str(session_id)


@pytest.mark.parametrize("pause", [0.0, 0.01])
def test_a_double_click_creates_one_session(world: World, pause: float) -> None:
    world.stripe.pause = pause
    the_one_session(at_once([world.opened, world.opened]), world)
    assert len(world.at_stripe()) == 1


@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_sixteen_requests_that_differ_create_one_session(world: World, pause: float) -> None:
    world.stripe.pause = pause
    the_one_session(at_once(requests(world)), world)
    assert len(world.at_stripe()) == 1


def test_sixteen_requests_after_a_canceled_session_create_one_more(world: World) -> None:
    first = world.open()
    world.complete(first)
    world.stripe.cancel(first)
    second = the_one_session(at_once(requests(world)), world)
    assert world.at_stripe() == [first, second]
    assert world.slot().attempt == 2


@pytest.mark.parametrize("fault", ["lost", "saved_500"])
def test_sixteen_requests_after_a_fault_find_or_create_one_session(
    world: World, fault: Any
) -> None:
    world.stripe.fails("create", fault)
    if fault == "lost":
        with pytest.raises(Problem):
            world.opened()
    found = the_one_session(at_once(requests(world)), world)
    assert world.at_stripe() == [found]


def test_users_at_the_same_moment_have_a_session_each(world: World) -> None:
    users = [f"user_{number}" for number in range(THREADS)]
    results = at_once([lambda user=user: world.opened(user) for user in users])  # type: ignore[misc]
    assert len({session["id"] for session in results}) == THREADS
    assert all(len(world.at_stripe(user)) == 1 for user in users)
