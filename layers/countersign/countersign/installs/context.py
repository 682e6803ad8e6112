"""The desk of install links."""

from functools import cache

from countersign import context as desks
from countersign.aws.table import table
from countersign.installs.stripe_calls import Remote, StripeAccounts
from countersign.settings import settings

Desk = desks.Desk[Remote]


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(table(settings().installs_table), StripeAccounts(), settings())
