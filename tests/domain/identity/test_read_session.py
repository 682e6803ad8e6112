"""Reading a session: what is stored, and Stripe's word while it is open, at growing intervals."""

from collections import deque
from typing import Any

import pytest

from countersign.aws.items import Item
from countersign.identity.context import Desk
from countersign.identity.read_session import (
    current_session_id,
    fresh,
    own_session,
    stored_session,
)
from tests.support.clock import Clock
from tests.support.fake_stripe import FakeStripe
from tests.support.threads import at_once
from tests.support.visits import USER, hear, opened, refusal, stored


def asked(stripe: FakeStripe) -> int:
    return stripe.calls.count("retrieve")


def read(desk: Desk, session_id: str) -> Item:
    """As the page's polling does."""
    return fresh(desk, own_session(desk, USER, session_id))


def test_a_session_is_its_users_alone(desk: Desk) -> None:
    session_id = opened(desk)["id"]
    assert own_session(desk, USER, session_id)["user"] == USER
    problem = refusal(own_session, desk, "user_2", session_id)
    assert (problem.status, problem.code) == (404, "verification_session_not_found")
    unknown = refusal(own_session, desk, USER, "vs_unknown")
    assert unknown.as_dict() == problem.as_dict()


def test_a_session_without_an_owner_is_nobodys(desk: Desk) -> None:
    desk.table.put({"pk": "session#vs_1", "status": "redacted"}, "attribute_not_exists(pk)")
    assert refusal(own_session, desk, USER, "vs_1").status == 404
    assert stored_session(desk, "vs_1")["status"] == "redacted"


def test_an_unknown_session_is_not_found(desk: Desk) -> None:
    assert refusal(stored_session, desk, "vs_unknown").status == 404


def test_the_current_session_is_the_last_that_was_begun(desk: Desk, stripe: FakeStripe) -> None:
    assert refusal(current_session_id, desk, USER).status == 404
    first = opened(desk)["id"]
    assert current_session_id(desk, USER) == first
    stripe.cancel(first)
    assert current_session_id(desk, USER) == first
    second = opened(desk)["id"]
    assert current_session_id(desk, USER) == second
    assert refusal(current_session_id, desk, "user_2").status == 404


def test_a_user_whose_session_is_not_made_yet_has_none(desk: Desk, stripe: FakeStripe) -> None:
    stripe.fails("create", "down")
    refusal(opened, desk)
    assert refusal(current_session_id, desk, USER).status == 404


def test_the_page_is_right_before_the_webhook(desk: Desk, stripe: FakeStripe) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(10)
    stripe.submit(session_id)
    stripe.clock.advance(3)
    assert read(desk, session_id)["status"] == "processing"
    stripe.verify(session_id)
    stripe.clock.advance(3)
    assert read(desk, session_id)["status"] == "verified"


def test_the_webhook_that_comes_after_changes_nothing(desk: Desk, stripe: FakeStripe) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(10)
    stripe.submit(session_id)
    stripe.verify(session_id)
    stripe.clock.advance(3)
    read(desk, session_id)
    hear(desk, stripe)
    item = stored(desk, session_id)
    assert item["status"] == "verified"
    assert len({mark.partition(":")[0] for mark in item["reports"]}) == 1


def test_stripe_is_asked_at_growing_intervals(desk: Desk, stripe: FakeStripe, clock: Clock) -> None:
    session_id = opened(desk)["id"]
    begun, moments = clock(), []
    for _ in range(100):
        before = asked(stripe)
        read(desk, session_id)
        if asked(stripe) > before:
            moments.append(clock() - begun)
        clock.advance(1)
    assert moments == [0, 3, 9, 21, 45, 93]


def test_a_read_before_it_is_time_writes_nothing(desk: Desk, stripe: FakeStripe) -> None:
    session_id = opened(desk)["id"]
    read(desk, session_id)
    client: Any = desk.table._client
    client.failures["UpdateItem"] = deque(["AccessDeniedException"])
    assert read(desk, session_id)["status"] == "requires_input"
    assert client.failures["UpdateItem"]


def test_the_intervals_are_each_sessions_own(desk: Desk, stripe: FakeStripe) -> None:
    first, second = opened(desk)["id"], opened(desk, "user_2")["id"]
    read(desk, first)
    before = asked(stripe)
    read(desk, first)
    assert asked(stripe) == before
    fresh(desk, own_session(desk, "user_2", second))
    assert asked(stripe) == before + 1


def test_opening_the_session_again_begins_the_intervals_anew(
    desk: Desk, stripe: FakeStripe, clock: Clock
) -> None:
    session_id = opened(desk)["id"]
    for _ in range(300):
        read(desk, session_id)
        clock.advance(1)
    before = asked(stripe)
    read(desk, session_id)
    assert asked(stripe) == before
    opened(desk)
    before = asked(stripe)
    read(desk, session_id)
    assert asked(stripe) == before + 1


@pytest.mark.parametrize("ending", ["verified", "canceled", "redacted"])
def test_a_session_that_has_ended_is_not_asked_about(
    desk: Desk, stripe: FakeStripe, clock: Clock, ending: str
) -> None:
    session_id = opened(desk)["id"]
    if ending == "verified":
        stripe.submit(session_id)
        stripe.verify(session_id)
    else:
        stripe.redact(session_id)
        if ending == "redacted":
            stripe.finish_redaction(session_id)
    hear(desk, stripe)
    clock.advance(1000)
    before = asked(stripe)
    assert read(desk, session_id)["status"] == ending
    assert asked(stripe) == before


@pytest.mark.parametrize("fault", ["down", "unsaved_500", "refused"])
def test_a_stripe_that_does_not_answer_leaves_the_stored_answer(
    desk: Desk, stripe: FakeStripe, fault: str
) -> None:
    session_id = opened(desk)["id"]
    stripe.clock.advance(10)
    stripe.submit(session_id)
    stripe.fails("retrieve", fault)  # type: ignore[arg-type]
    assert read(desk, session_id)["status"] == "requires_input"
    stripe.clock.advance(4)
    assert read(desk, session_id)["status"] == "processing"


def test_a_session_that_is_gone_at_stripe_is_shown_as_it_was(
    desk: Desk, stripe: FakeStripe
) -> None:
    session_id = opened(desk)["id"]
    stripe.forget(session_id)
    assert read(desk, session_id)["status"] == "requires_input"


def test_one_of_many_readers_asks_each_turn(desk: Desk, stripe: FakeStripe, clock: Clock) -> None:
    session_id = opened(desk)["id"]
    for turn in (1, 2):
        item = own_session(desk, USER, session_id)
        results = at_once([lambda item=item: fresh(desk, item)] * 12)  # type: ignore[misc]
        assert {result["status"] for result in results} == {"requires_input"}
        assert asked(stripe) == turn
        clock.advance(7)
