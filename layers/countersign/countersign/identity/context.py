"""The context of Identity: its table, its calls to Stripe, the settings and the clock."""

from functools import cache

from countersign import context as contexts
from countersign.aws.table import table
from countersign.identity.stripe_calls import StripeCalls, StripeSessions
from countersign.settings import settings

Context = contexts.Context[StripeCalls]


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().identity_table), StripeSessions(), settings())
