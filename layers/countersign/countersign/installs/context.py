"""The context of install links."""

from functools import cache

from countersign.aws.table import table
from countersign.context import UseCaseContext
from countersign.installs.stripe_calls import StripeAccounts, StripeCalls
from countersign.settings import settings

Context = UseCaseContext[StripeCalls]


@cache
def context() -> Context:
    """Return the context of this process."""
    return Context(table(settings().installs_table), StripeAccounts(), settings())
