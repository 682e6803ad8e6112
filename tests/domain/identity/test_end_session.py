"""Ending a session: cancel it, or have Stripe redact it."""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.identity.end_session import cancel_session, redact_session
from countersign.identity.session import Session
from tests.support.visits import USER, World, refused

Ending = Callable[[World, str], Session]


def cancel(world: World, session_id: str) -> Session:
    return cancel_session(world.context, world.stored(session_id))


def redact(world: World, session_id: str) -> Session:
    return redact_session(world.context, world.stored(session_id))


def test_a_session_that_needs_input_is_canceled_once(world: World) -> None:
    session_id = world.open()
    canceled = cancel(world, session_id)
    assert canceled.status == "canceled"
    assert world.stored(session_id) == canceled
    assert world.stripe.sessions[session_id]["status"] == "canceled"
    assert cancel(world, session_id) == canceled
    assert world.stripe.calls.count("cancel") == 1


def test_a_session_that_was_canceled_at_stripe_is_shown_as_such(world: World) -> None:
    session_id = world.open()
    world.stripe.cancel(session_id)
    assert cancel(world, session_id).status == "canceled"


def test_a_cancel_whose_answer_was_lost_is_there_the_next_time(world: World) -> None:
    session_id = world.open()
    world.stripe.fails("cancel", "lost")
    assert refused(cancel, world, session_id) == (503, "stripe_unavailable")
    assert cancel(world, session_id).status == "canceled"


@pytest.mark.parametrize("end", [cancel, redact])
@pytest.mark.parametrize("heard", [True, False])
def test_nothing_ends_while_stripe_is_checking(world: World, end: Ending, heard: bool) -> None:
    session_id = world.open()
    world.clock.advance(5)
    world.stripe.submit(session_id)
    world.clock.advance(3)
    if heard:
        world.hear()
    assert refused(end, world, session_id) == (409, "verification_in_progress")
    assert world.stored(session_id).status == "processing"


@pytest.mark.parametrize("heard", [True, False])
def test_a_verified_session_cannot_be_canceled(world: World, heard: bool) -> None:
    session_id = world.open()
    world.clock.advance(5)
    world.verify(session_id)
    world.clock.advance(3)
    if heard:
        world.hear()
    assert refused(cancel, world, session_id) == (409, "already_verified")
    assert world.stripe.sessions[session_id]["status"] == "verified"


def test_a_verified_session_is_redacted_once_stripe_says_so(world: World) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.hear()
    assert redact(world, session_id).status == "verified"
    world.stripe.finish_redaction(session_id)
    world.hear()
    session = redact(world, session_id)
    assert (session.status, session.user) == ("redacted", USER)
    assert cancel(world, session_id).status == "redacted"
    assert world.stripe.calls.count("redact") == 1


@pytest.mark.parametrize(("verified", "status"), [(True, "verified"), (False, "canceled")])
def test_a_redaction_can_be_requested_again_until_it_is_done(
    world: World, verified: bool, status: str
) -> None:
    session_id = world.open()
    world.clock.advance(5)
    if verified:
        world.verify(session_id)
    world.clock.advance(5)
    assert redact(world, session_id).status == status
    assert redact(world, session_id).status == status
    world.hear()
    assert redact(world, session_id).status == status
    world.stripe.finish_redaction(session_id)
    world.hear()
    assert world.stored(session_id).status == "redacted"


@pytest.mark.parametrize("heard", [True, False])
def test_stripe_does_not_redact_a_canceled_session(world: World, heard: bool) -> None:
    session_id = world.open()
    world.clock.advance(5)
    world.stripe.cancel(session_id)
    if heard:
        world.hear()
    assert refused(redact, world, session_id) == (409, "verification_session_closed")


@pytest.mark.parametrize("end", [cancel, redact])
@pytest.mark.parametrize("fault", ["down", "unsaved_500"])
def test_a_stripe_that_is_down_ends_nothing(world: World, end: Ending, fault: Any) -> None:
    session_id = world.open()
    world.stripe.fails(end.__name__, fault)
    before = world.stored(session_id)
    assert refused(end, world, session_id) == (503, "stripe_unavailable")
    assert world.stored(session_id) == before


@pytest.mark.parametrize("end", [cancel, redact])
def test_a_session_that_is_gone_at_stripe_is_not_found(world: World, end: Ending) -> None:
    session_id = world.open()
    world.stripe.forget(session_id)
    assert refused(end, world, session_id) == (404, "verification_session_not_found")
