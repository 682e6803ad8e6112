"""A process killed at each step of opening a session: the next request gets the one session.

Each story is told again for every call that it makes to the table and to Stripe, killed before the
call and after it (done, but nobody heard of it); then the user asks again from a new process.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from countersign.http.idempotency import LOCK, IdempotencyKey, create_once
from countersign.identity.context import Context
from countersign.identity.end_session import cancel_session, redact_session
from countersign.identity.open_session import open_session, reopen_session
from countersign.identity.session import Session
from countersign.problems import Problem
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.visits import BACK, USER, World, refused, request

DETAILS = {"email": "jenny@example.com"}


def worlds_after_each_crash(
    work: Callable[[World, Context], object],
    before: Callable[[World], object] = lambda world: None,
) -> Iterator[tuple[World, str]]:
    """A world for each place where `work` was killed, and the place; `before` happened first."""
    world = World()

    def killed(fuse: Fuse) -> None:
        nonlocal world
        world = World(max_verification_attempts=3)
        before(world)
        work(world, fused(world.context, fuse))

    for where in every_crash(killed):
        yield world, where


def nothing_before(_: World) -> None:
    """The user's first request."""


def open_before(world: World) -> None:
    world.open()


def failed_before(world: World) -> None:
    world.complete(world.open())


def canceled_before(world: World) -> None:
    failed_before(world)
    world.stripe.cancel(world.at_stripe()[0])


def redacted_before(world: World) -> None:
    failed_before(world)
    world.redact(world.at_stripe()[0])


def gone_before(world: World) -> None:
    failed_before(world)
    world.stripe.forget(world.at_stripe()[0])


def answer_lost_before(world: World) -> None:
    world.stripe.fails("create", "lost")
    with suppress(Problem):
        world.open()


def claimed_long_before(world: World) -> None:
    answer_lost_before(world)
    world.clock.advance(30 * 3600)


def failing_now(world: World) -> None:
    world.stripe.fails("create", "saved_500")


def failing_though_made_now(world: World) -> None:
    world.stripe.fails("create", "saved_500_made")


BEFORE: list[Callable[[World], None]] = [
    nothing_before, open_before, failed_before, canceled_before, redacted_before, gone_before,
    claimed_long_before, answer_lost_before, failing_now, failing_though_made_now,
]  # fmt: skip


@pytest.mark.parametrize("before", BEFORE, ids=lambda before: before.__name__)
def test_a_request_killed_anywhere_ends_with_one_open_session(
    before: Callable[[World], None],
) -> None:
    def work(world: World, context: Context) -> None:
        open_session(context, request(return_url=BACK, details=DETAILS))

    crashes = 0
    for world, where in worlds_after_each_crash(work, before):
        crashes += 1
        session = world.opened_in_the_end(details=DETAILS, return_url=BACK)
        at_stripe = [world.stripe.sessions[session_id] for session_id in world.at_stripe()]
        now_open = [found["id"] for found in at_stripe if found["status"] != "canceled"]
        assert now_open == [session["id"]], where
        assert session["client_secret"], where
        assert world.stored(session["id"]).user == USER, where
        assert (world.slot().session_id, world.return_url()) == (session["id"], BACK), where
        assert world.stripe.details[session["id"]] == DETAILS, where
    assert crashes >= 6


@pytest.mark.parametrize("before", [canceled_before, redacted_before, gone_before])
def test_no_crash_forgets_the_checks_of_the_session_before(
    before: Callable[[World], None],
) -> None:
    def work(world: World, context: Context) -> None:
        open_session(context, request())

    for world, where in worlds_after_each_crash(work, before):
        world.complete(world.opened_in_the_end()["id"], times=2)
        assert world.refused() == (429, "too_many_attempts"), where


def test_two_requests_killed_one_after_the_other_end_with_one_session() -> None:
    for after in (False, True):
        for first in range(1, 5):
            for second in range(1, 9):
                world = World()
                for step in (first, second):
                    with suppress(BaseException):
                        open_session(fused(world.context, Fuse(step, after=after)), request())
                session = world.opened_in_the_end()
                assert world.at_stripe() == [session["id"]], (first, second, after)


def test_a_crash_between_stripe_and_the_table_is_healed_by_the_webhook_too() -> None:
    """The session's own event makes it known, and the next request still gets that one."""

    def work(world: World, context: Context) -> None:
        open_session(context, request())

    for world, where in worlds_after_each_crash(work):
        world.hear()
        session = world.opened_in_the_end()
        assert world.at_stripe() == [session["id"]], where


def test_a_repeated_request_killed_anywhere_gets_the_session_in_the_end() -> None:
    """With an `Idempotency-Key`: the key of a killed request is free again after a while."""
    key = IdempotencyKey(USER, "create-verification-session", "key-1", b"{}")

    def ask(context: Context) -> str:
        def create() -> tuple[str, str]:
            session_id = open_session(context, request())["id"]
            return session_id, session_id

        def again(session_id: str) -> str:
            return str(reopen_session(context, USER, session_id)["id"])

        return create_once(context.table, key, create, again)

    for world, where in worlds_after_each_crash(lambda world, context: ask(context)):
        record = world.context.table.get(key.pk)
        if record is not None and "resource_id" not in record:
            assert refused(ask, world.context) == (409, "request_in_progress"), where
            # The time it takes until the lock is abandoned.
            began_at = int(record["began_at"]) - LOCK
            world.dynamodb.rows[key.pk]["began_at"] = {"N": str(began_at)}
        session_id = ask(world.context)
        assert world.at_stripe() == [session_id], where
        assert ask(world.context) == session_id, where


@pytest.mark.parametrize("end", [cancel_session, redact_session])
def test_an_ending_killed_anywhere_can_be_requested_again(
    end: Callable[[Context, Session], Session],
) -> None:
    def work(world: World, context: Context) -> None:
        end(context, world.stored(world.at_stripe()[0]))

    for world, where in worlds_after_each_crash(work, open_before):
        (session_id,) = world.at_stripe()
        assert end(world.context, world.stored(session_id)).status == "canceled", where
        assert world.stripe.sessions[session_id]["status"] == "canceled", where
