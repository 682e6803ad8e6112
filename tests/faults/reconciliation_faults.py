"""Webhooks that never come, and failures while reconciliation looks for them."""

import time
from dataclasses import replace

from tests.faults.call_faults import (
    THROTTLED,
    TRIES_OF_AWS,
    Making,
    at_every_call,
    repeated,
    stripe_answers,
    table_answers,
)
from tests.faults.cast import Cast
from tests.faults.clock_faults import LATE, can_fake, skewed
from tests.faults.ledger import compare
from tests.faults.process_faults import is_write
from tests.faults.reconciling import FUNCTION, repair, tick
from tests.faults.registry import fault
from tests.support.fault_proxy import Call, Fault, Kind

LONG = 5 * TRIES_OF_AWS
"""Refusals of one call that outlast the patience of a run."""


def misses(cast: Cast) -> None:
    """A session whose webhooks never come, and what an operator does about it."""
    cast.stage.deliveries("drop")
    began_at = int(time.time())
    cast.verifies()
    repair(cast, began_at)


@fault("webhooks never come", short=True, repaired=True)
def dropped(cast: Cast) -> int:
    cast.stage.deliveries("drop")
    sessions = [cast.verifies() for _ in range(3)]
    cast.comes_to(cast.verifies("document_expired"), "canceled")
    return sum(len(cast.events(session)) for session in sessions)


@fault("an outage of the table interrupts reconciliation")
def interrupted(cast: Cast) -> int:
    front = cast.stage.front(FUNCTION, "dynamodb")
    refusal = table_answers(400, THROTTLED, LONG)(1)
    made = front.order(replace(refusal, wants=_writes_a_session))
    misses(cast)
    return made.injected


@fault("the table throttles reconciliation")
def throttled(cast: Cast) -> int:
    return at_every_call(cast, FUNCTION, "dynamodb", misses, table_answers(400, THROTTLED))


@fault("the table is gone for reconciliation")
def gone(cast: Cast) -> int:
    return at_every_call(cast, FUNCTION, "dynamodb", misses, repeated("drop", TRIES_OF_AWS))


@fault("Stripe answers 429 to reconciliation")
def stripe_429(cast: Cast) -> int:
    return at_every_call(cast, FUNCTION, "stripe", misses, stripe_answers(429))


@fault("Stripe answers 500 to reconciliation")
def stripe_500(cast: Cast) -> int:
    return at_every_call(cast, FUNCTION, "stripe", misses, stripe_answers(500))


@fault("reconciliation is killed before every write")
def killed_before(cast: Cast) -> int:
    return at_every_call(cast, FUNCTION, "dynamodb", misses, _kills("kill_before"))


@fault("reconciliation is killed after every write")
def killed_after(cast: Cast) -> int:
    return at_every_call(cast, FUNCTION, "dynamodb", misses, _kills("kill_after"))


def _writes_a_session(call: Call) -> bool:
    return is_write(call) and b"session#" in call.body


def _kills(kind: Kind) -> Making:
    return lambda number: Fault(kind, is_write, number)


@fault("nobody tells that an app was uninstalled", needs=can_fake)
def left(cast: Cast) -> int:
    """Stripe does not list what happened at an account that has left, so that the account is asked
    for, each day. Until Stripe has shown our key an installation once, that it shows none proves
    nothing: the key may be another platform's.
    """
    merchants = [cast.connects() for _ in range(2)]
    cast.stage.settle()
    with skewed(cast.stage, LATE, FUNCTION):
        tick(cast.stage)
    cast.stage.deliveries("drop")
    for merchant in merchants:
        cast.leaves(merchant)
    missing = len(compare(cast).lost)
    with skewed(cast.stage, 2 * LATE, FUNCTION):
        tick(cast.stage)
    cast.repaired += missing - len(compare(cast).lost)
    return len(merchants)
