"""The context of payments."""

from functools import cache

from msgspec import Struct

from countersign.aws.table import table
from countersign.context import UseCaseContext
from countersign.payments.stripe_calls import StripeCalls, StripeIntents
from countersign.settings import settings
from countersign.step_up import context as step_up
from countersign.step_up.context import Contexts as StepUpContexts

Context = UseCaseContext[StripeCalls]


class Contexts(Struct, frozen=True):
    """The contexts that a payment needs: its own, and those of its decision, its account and its
    payer.
    """

    payments: Context
    decisions: StepUpContexts


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().payments_table), StripeIntents(), settings())


def contexts() -> Contexts:
    """Return the contexts of this process."""
    return Contexts(context(), step_up.contexts())
