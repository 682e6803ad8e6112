"""The desk of step-up decisions."""

from dataclasses import dataclass
from functools import cache

from countersign import context as general
from countersign.aws.table import table
from countersign.installs import context as installs
from countersign.settings import settings
from countersign.spc import context as spc
from countersign.step_up.stripe_calls import Remote, StripePayments

Desk = general.Desk[Remote]


@dataclass(frozen=True, slots=True)
class Desks:
    """Whom a decision asks: its own table and Stripe, the installations, and the payers."""

    step_up: Desk
    installs: installs.Desk
    spc: spc.Desk


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(table(settings().step_up_table), StripePayments(), settings())


def desks() -> Desks:
    """All that a decision asks, of this process."""
    return Desks(desk(), installs.desk(), spc.desk())
