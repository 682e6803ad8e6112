"""What a use case works with, so that a test can replace each part."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from countersign.aws.table import Table
from countersign.settings import Settings

StripeCalls = TypeVar("StripeCalls")


def _now() -> int:
    return int(time.time())


@dataclass(frozen=True)  # Python 3.11 cannot combine slots with Generic
class UseCaseContext(Generic[StripeCalls]):
    """A capability's table, its calls to Stripe, the settings, and the local clock in Unix seconds,
    which never orders events (docs/decisions.md#stripes-clock-orders-everything).
    """

    table: Table
    stripe: StripeCalls
    settings: Settings
    now: Callable[[], int] = _now
