"""The context of Identity: its table, its calls to Stripe, the settings and the clock."""

from functools import cache

from countersign.aws.table import table
from countersign.context import UseCaseContext
from countersign.identity.stripe_calls import StripeCalls, StripeSessions
from countersign.settings import settings

Context = UseCaseContext[StripeCalls]


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().identity_table), StripeSessions(), settings())
