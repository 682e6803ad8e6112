"""What the work of this capability needs at hand, so that a test can give it other things."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from countersign.identity.remote import Remote, StripeSessions
from countersign.settings import Settings, settings
from countersign.table import Table, table


def _now() -> int:
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Desk:
    """The table, Stripe, the settings, and our clock in Unix seconds (which orders nothing)."""

    table: Table
    stripe: Remote
    settings: Settings
    now: Callable[[], int] = _now


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk(table(settings().identity_table), StripeSessions(), settings())
