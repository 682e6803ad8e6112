"""Reading a session: what is stored, and Stripe's word while it is open, at growing intervals."""

from collections import deque
from typing import Any

import pytest

from countersign.identity.context import Context
from countersign.identity.read_session import (
    read_current_session_id,
    read_own_session,
    read_session,
    refresh_session,
)
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.identity.store import store_snapshot
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.stripe_objects import erased, session_object
from tests.support.threads import at_once
from tests.support.visits import USER, hear, opened, refusal, stored


def asked(stripe: FakeStripe) -> int:
    return stripe.calls.count("retrieve")


def read(context: Context, session_id: str) -> Session:
    """As the page's polling does."""
    return refresh_session(context, read_own_session(context, USER, session_id))


def test_a_session_is_its_users_alone(context: Context) -> None:
    session_id = opened(context)["id"]
    assert read_own_session(context, USER, session_id).user == USER
    problem = refusal(read_own_session, context, "user_2", session_id)
    assert (problem.status, problem.code) == (404, "verification_session_not_found")
    unknown = refusal(read_own_session, context, USER, "vs_unknown")
    assert unknown.as_dict() == problem.as_dict()


def test_a_session_without_an_owner_is_nobodys(context: Context) -> None:
    store_snapshot(context.table, Snapshot.from_read(erased(session_object()), None))
    assert refusal(read_own_session, context, USER, "vs_1").status == 404
    assert read_session(context, "vs_1").status == "redacted"


def test_an_unknown_session_is_not_found(context: Context) -> None:
    assert refusal(read_session, context, "vs_unknown").status == 404


def test_the_current_session_is_the_last_that_was_begun(
    context: Context, stripe: FakeStripe
) -> None:
    assert refusal(read_current_session_id, context, USER).status == 404
    first = opened(context)["id"]
    assert read_current_session_id(context, USER) == first
    stripe.cancel(first)
    assert read_current_session_id(context, USER) == first
    second = opened(context)["id"]
    assert read_current_session_id(context, USER) == second
    assert refusal(read_current_session_id, context, "user_2").status == 404


def test_a_user_whose_session_is_not_made_yet_has_none(
    context: Context, stripe: FakeStripe
) -> None:
    stripe.fails("create", "down")
    refusal(opened, context)
    assert refusal(read_current_session_id, context, USER).status == 404


def test_the_page_is_right_before_the_webhook(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(10)
    stripe.submit(session_id)
    stripe.clock.advance(3)
    assert read(context, session_id).status == "processing"
    stripe.verify(session_id)
    stripe.clock.advance(3)
    assert read(context, session_id).status == "verified"


def test_the_webhook_that_comes_after_changes_nothing(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(10)
    stripe.submit(session_id)
    stripe.verify(session_id)
    stripe.clock.advance(3)
    read(context, session_id)
    hear(context, stripe)
    item = stored(context, session_id)
    assert item.status == "verified"
    assert len({mark.partition(":")[0] for mark in item.reports}) == 1


def test_stripe_is_asked_at_growing_intervals(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    session_id = opened(context)["id"]
    begun, moments = clock(), []
    for _ in range(100):
        before = asked(stripe)
        read(context, session_id)
        if asked(stripe) > before:
            moments.append(clock() - begun)
        clock.advance(1)
    assert moments == [0, 3, 9, 21, 45, 93]


def test_a_read_before_it_is_time_writes_nothing(context: Context, stripe: FakeStripe) -> None:
    session_id = opened(context)["id"]
    read(context, session_id)
    client: Any = context.table._client
    client.failures["UpdateItem"] = deque(["AccessDeniedException"])
    assert read(context, session_id).status == "requires_input"
    assert client.failures["UpdateItem"]


def test_the_intervals_are_each_sessions_own(context: Context, stripe: FakeStripe) -> None:
    first, second = opened(context)["id"], opened(context, "user_2")["id"]
    read(context, first)
    before = asked(stripe)
    read(context, first)
    assert asked(stripe) == before
    refresh_session(context, read_own_session(context, "user_2", second))
    assert asked(stripe) == before + 1


def test_opening_the_session_again_begins_the_intervals_anew(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    session_id = opened(context)["id"]
    for _ in range(300):
        read(context, session_id)
        clock.advance(1)
    before = asked(stripe)
    read(context, session_id)
    assert asked(stripe) == before
    opened(context)
    before = asked(stripe)
    read(context, session_id)
    assert asked(stripe) == before + 1


@pytest.mark.parametrize("ending", ["verified", "canceled", "redacted"])
def test_a_session_that_has_ended_is_not_asked_about(
    context: Context, stripe: FakeStripe, clock: Clock, ending: str
) -> None:
    session_id = opened(context)["id"]
    if ending == "verified":
        stripe.submit(session_id)
        stripe.verify(session_id)
    else:
        stripe.redact(session_id)
        if ending == "redacted":
            stripe.finish_redaction(session_id)
    hear(context, stripe)
    clock.advance(1000)
    before = asked(stripe)
    assert read(context, session_id).status == ending
    assert asked(stripe) == before


@pytest.mark.parametrize("fault", ["down", "unsaved_500", "refused"])
def test_a_stripe_that_does_not_answer_leaves_the_stored_answer(
    context: Context, stripe: FakeStripe, fault: str
) -> None:
    session_id = opened(context)["id"]
    stripe.clock.advance(10)
    stripe.submit(session_id)
    stripe.fails("retrieve", fault)  # type: ignore[arg-type]
    assert read(context, session_id).status == "requires_input"
    stripe.clock.advance(4)
    assert read(context, session_id).status == "processing"


def test_a_session_that_is_gone_at_stripe_is_shown_as_it_was(
    context: Context, stripe: FakeStripe
) -> None:
    session_id = opened(context)["id"]
    stripe.forget(session_id)
    assert read(context, session_id).status == "requires_input"


def test_one_of_many_readers_asks_each_turn(
    context: Context, stripe: FakeStripe, clock: Clock
) -> None:
    session_id = opened(context)["id"]
    for turn in (1, 2):
        item = read_own_session(context, USER, session_id)
        results = at_once([lambda item=item: refresh_session(context, item)] * 12)  # type: ignore[misc]
        assert {result.status for result in results} == {"requires_input"}
        assert asked(stripe) == turn
        clock.advance(7)
