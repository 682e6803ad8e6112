"""The context of step-up decisions."""

from functools import cache

from msgspec import Struct

from countersign.aws.table import table
from countersign.context import UseCaseContext
from countersign.installs import context as installs
from countersign.settings import settings
from countersign.spc import context as spc
from countersign.step_up.stripe_calls import StripeCalls, StripePayments

Context = UseCaseContext[StripeCalls]


class Contexts(Struct, frozen=True):
    """The contexts that a decision needs: its own, that of installations and that of payers."""

    step_up: Context
    installs: installs.Context
    spc: spc.Context


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().step_up_table), StripePayments(), settings())


def contexts() -> Contexts:
    """Return the contexts of this process."""
    return Contexts(context(), installs.context(), spc.context())
