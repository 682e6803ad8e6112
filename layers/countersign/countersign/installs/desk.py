"""The desk of install links."""

from functools import cache

from countersign import desk as desks
from countersign.installs.remote import Remote, StripeAccounts
from countersign.settings import settings
from countersign.table import table

Desk = desks.Desk[Remote]


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(table(settings().installs_table), StripeAccounts(), settings())
