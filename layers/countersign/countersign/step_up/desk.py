"""The desk of step-up decisions."""

from dataclasses import dataclass
from functools import cache

from countersign import desk as general
from countersign.installs import desk as installs
from countersign.settings import settings
from countersign.spc import desk as spc
from countersign.step_up.remote import Remote, StripePayments
from countersign.table import table

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
