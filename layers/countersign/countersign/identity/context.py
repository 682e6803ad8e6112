"""The desk of Identity."""

from functools import cache

from countersign import context as desks
from countersign.aws.table import table
from countersign.identity.stripe_calls import Remote, StripeSessions
from countersign.settings import settings

Desk = desks.Desk[Remote]


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(table(settings().identity_table), StripeSessions(), settings())
