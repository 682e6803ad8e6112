"""Old news of failed checks ends no session that has moved on since, and fails no run."""

import pytest

from countersign.reconciliation.windows import HOUR
from tests.domain.reconciliation.test_schedule import status_of
from tests.support.reconciling import Reconciling


@pytest.mark.parametrize("then", ["verified", "processing", "requires_input"])
def test_a_limit_that_nobody_heard_of_is_kept_where_it_still_can_be(
    reconciling: Reconciling, then: str
) -> None:
    world = reconciling.world
    session_id = world.open()
    for _ in range(world.context.settings.max_verification_attempts):
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        world.clock.advance(1)
    if then != "requires_input":
        world.stripe.submit(session_id)
    if then == "verified":
        world.stripe.verify(session_id)
    reconciling.clock.advance(60)
    now = reconciling.clock()
    run = reconciling.call(now - HOUR, now)
    assert run.status == "done"
    assert status_of(reconciling, session_id) == {"requires_input": "canceled"}.get(then, then)


def test_old_failed_checks_do_not_end_a_session_of_today(reconciling: Reconciling) -> None:
    world = reconciling.world
    session_id = world.open()
    for _ in range(world.context.settings.max_verification_attempts):
        world.stripe.submit(session_id)
        world.stripe.fail(session_id)
        world.clock.advance(1)
    reconciling.clock.advance(25 * HOUR)
    now = reconciling.clock()
    assert reconciling.call(now - 26 * HOUR, now).status == "done"
    assert status_of(reconciling, session_id) == "requires_input"
