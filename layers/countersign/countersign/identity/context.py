"""The context of Identity."""

from functools import cache

from countersign import context as contexts
from countersign.aws.table import table
from countersign.identity.stripe_calls import StripeCalls, StripeSessions
from countersign.settings import settings

Context = contexts.Context[StripeCalls]


@cache
def context() -> Context:
    """The context of this process."""
    return Context(table(settings().identity_table), StripeSessions(), settings())
