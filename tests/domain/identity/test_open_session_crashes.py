"""A process killed at each step of opening a session: the next request gets the one session.

Each story is told again for every call that it makes to the table and to Stripe, killed before the
call and after it (done, but nobody heard of it); then the user asks again from a new process.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from countersign.aws.table import Table
from countersign.http.idempotency import LOCK, IdempotencyKey, once
from countersign.identity.context import Context
from countersign.identity.end_session import cancel_session, redact_session
from countersign.identity.open_session import open_session, reopen_session
from countersign.problems import Problem
from countersign.settings import Settings
from tests.support.clock import Clock
from tests.support.crashes import Fuse, every_crash, fused
from tests.support.fake_stripe import FakeStripe
from tests.support.quick_dynamodb import QuickDynamoDB
from tests.support.stripe_objects import DEPLOYMENT
from tests.support.visits import (
    USER,
    at_stripe,
    complete,
    hear,
    opened,
    opened_in_the_end,
    request,
    slot_of,
    stored,
)

DETAILS = {"email": "jenny@example.com"}
BACK = "https://shop.example.com/done"


class World:
    """A Stripe, a table and a clock of their own."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.stripe = FakeStripe(self.clock)
        quick: Any = QuickDynamoDB()
        limited = Settings(DEPLOYMENT, max_verification_attempts=3)
        self.context = Context(Table("quick", quick), self.stripe, limited, self.clock)


def nothing_before(_: World) -> None:
    """The user's first request."""


def open_before(world: World) -> None:
    opened(world.context)


def failed_before(world: World) -> None:
    complete(world.context, world.stripe, opened(world.context)["id"])


def canceled_before(world: World) -> None:
    failed_before(world)
    world.stripe.cancel(at_stripe(world.stripe)[0])


def redacted_before(world: World) -> None:
    failed_before(world)
    (session_id,) = at_stripe(world.stripe)
    world.stripe.redact(session_id)
    world.stripe.finish_redaction(session_id)


def gone_before(world: World) -> None:
    failed_before(world)
    world.stripe.forget(at_stripe(world.stripe)[0])


def claimed_long_before(world: World) -> None:
    world.stripe.fails("create", "lost")
    with suppress(Problem):
        opened(world.context)
    world.clock.advance(30 * 3600)


def answer_lost_before(world: World) -> None:
    world.stripe.fails("create", "lost")
    with suppress(Problem):
        opened(world.context)


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
    world = World()

    def killed(fuse: Fuse) -> None:
        nonlocal world
        world = World()
        before(world)
        open_session(fused(world.context, fuse), request(return_url=BACK, details=DETAILS))

    crashes = 0
    for where in every_crash(killed):
        crashes += 1
        session = opened_in_the_end(world.context, details=DETAILS, return_url=BACK)
        now_open = [
            session_id
            for session_id in at_stripe(world.stripe)
            if world.stripe.sessions[session_id]["status"] != "canceled"
        ]
        assert now_open == [session["id"]], where
        assert session["client_secret"], where
        assert stored(world.context, session["id"]).user == "user_1", where
        assert slot_of(world.context).session_id == session["id"], where
        assert slot_of(world.context).return_url == BACK, where
        assert world.stripe.details[session["id"]] == DETAILS, where
    assert crashes >= 6


@pytest.mark.parametrize("before", [canceled_before, redacted_before, gone_before])
def test_no_crash_forgets_the_checks_of_the_session_before(
    before: Callable[[World], None],
) -> None:
    world = World()

    def killed(fuse: Fuse) -> None:
        nonlocal world
        world = World()
        before(world)
        open_session(fused(world.context, fuse), request())

    for where in every_crash(killed):
        session_id = opened_in_the_end(world.context)["id"]
        complete(world.context, world.stripe, session_id, times=2)
        with pytest.raises(Problem) as refused:
            opened(world.context)
        assert refused.value.code == "too_many_attempts", where


def test_two_requests_killed_one_after_the_other_end_with_one_session() -> None:
    for after in (False, True):
        for first in range(1, 5):
            for second in range(1, 9):
                world = World()
                for step in (first, second):
                    with suppress(BaseException):
                        context = fused(world.context, Fuse(step, after=after))
                        open_session(context, request())
                session = opened_in_the_end(world.context)
                assert at_stripe(world.stripe) == [session["id"]], (first, second, after)


def test_a_crash_between_stripe_and_the_table_is_healed_by_the_webhook_too() -> None:
    """The session's own event makes it known, and the next request still gets that one."""
    world = World()

    def killed(fuse: Fuse) -> None:
        nonlocal world
        world = World()
        open_session(fused(world.context, fuse), request())

    for where in every_crash(killed):
        hear(world.context, world.stripe)
        session = opened_in_the_end(world.context)
        assert at_stripe(world.stripe) == [session["id"]], where


def test_a_repeated_request_killed_anywhere_gets_the_session_in_the_end() -> None:
    """With an `Idempotency-Key`: the key of a killed request is free again after a while."""
    world = World()
    key = IdempotencyKey("user_1", "create-verification-session", "key-1", b"{}")

    def ask(context: Context) -> str:
        def create() -> tuple[str, str]:
            session_id = open_session(context, request())["id"]
            return session_id, session_id

        return once(
            context.table,
            key,
            create,
            lambda session_id: str(reopen_session(context, USER, session_id)["id"]),
        )

    def killed(fuse: Fuse) -> None:
        nonlocal world
        world = World()
        ask(fused(world.context, fuse))

    for where in every_crash(killed):
        record = world.context.table.get(key.pk)
        if record is not None and "resource_id" not in record:
            with pytest.raises(Problem, match="request_in_progress"):
                ask(world.context)
            # The time it takes until the lock is abandoned.
            rows = world.context.table._client.rows  # type: ignore[attr-defined]
            rows[key.pk]["began_at"] = {"N": str(int(record["began_at"]) - LOCK)}
        session_id = ask(world.context)
        assert at_stripe(world.stripe) == [session_id], where
        assert ask(world.context) == session_id, where


@pytest.mark.parametrize("end", [cancel_session, redact_session])
def test_an_ending_killed_anywhere_can_be_asked_for_again(end: Callable[..., Any]) -> None:
    world = World()

    def killed(fuse: Fuse) -> None:
        nonlocal world
        world = World()
        session_id = opened(world.context)["id"]
        end(fused(world.context, fuse), stored(world.context, session_id))

    for where in every_crash(killed):
        (session_id,) = at_stripe(world.stripe)
        ended = end(world.context, stored(world.context, session_id))
        assert ended.status == "canceled", where
        assert world.stripe.sessions[session_id]["status"] == "canceled", where
