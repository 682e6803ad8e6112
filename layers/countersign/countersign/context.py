"""What the work of a capability needs at hand, so that a test can give it other things."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from countersign.aws.table import Table
from countersign.settings import Settings

StripeCalls = TypeVar("StripeCalls")


def _now() -> int:
    return int(time.time())


@dataclass(frozen=True)  # slots and a generic alias do not go together in Python 3.11
class Context(Generic[StripeCalls]):
    """The capability's table, what it asks of Stripe, the settings, and our clock in Unix seconds
    (which orders nothing).
    """

    table: Table
    stripe: StripeCalls
    settings: Settings
    now: Callable[[], int] = _now
