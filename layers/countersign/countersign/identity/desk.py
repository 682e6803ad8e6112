"""The desk of Identity."""

from functools import cache

from countersign import desk as desks
from countersign.identity.remote import Remote, StripeSessions
from countersign.settings import settings
from countersign.table import table

Desk = desks.Desk[Remote]


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(table(settings().identity_table), StripeSessions(), settings())
