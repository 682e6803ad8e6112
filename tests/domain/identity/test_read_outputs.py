"""The verified outputs of a session, for the business itself."""

import pytest

from countersign.identity.read_outputs import read_outputs
from tests.support.visits import World, refused


def test_outputs_are_read_from_stripe_and_not_stored(world: World) -> None:
    session_id = world.open()
    world.verify(session_id)
    world.hear()
    before = world.stored(session_id)
    assert read_outputs(world.context, before) == {"first_name": "Jenny", "last_name": "Rosen"}
    assert world.stored(session_id) == before
    assert "Jenny" not in world.rows()


@pytest.mark.parametrize("state", ["requires_input", "processing", "canceled", "redacted"])
def test_only_a_verified_session_has_outputs(world: World, state: str) -> None:
    session_id = world.open()
    if state == "canceled":
        world.stripe.cancel(session_id)
    if state in ("processing", "redacted"):
        world.stripe.submit(session_id)
    not_verified = (409, "not_verified")
    if state == "redacted":
        world.stripe.verify(session_id)
        world.stripe.redact(session_id)
        assert refused(read_outputs, world.context, world.stored(session_id)) == not_verified
        world.stripe.finish_redaction(session_id)
    assert refused(read_outputs, world.context, world.stored(session_id)) == not_verified


def test_a_session_that_is_gone_at_stripe_is_not_found(world: World) -> None:
    session_id = world.open()
    world.stripe.forget(session_id)
    not_found = (404, "verification_session_not_found")
    assert refused(read_outputs, world.context, world.stored(session_id)) == not_found
