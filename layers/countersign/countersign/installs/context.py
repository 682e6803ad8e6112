"""The context of install links."""

from functools import cache

from countersign import context as contexts
from countersign.aws.table import table
from countersign.installs.stripe_calls import StripeAccounts, StripeCalls
from countersign.settings import settings

Context = contexts.Context[StripeCalls]


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().installs_table), StripeAccounts(), settings())
