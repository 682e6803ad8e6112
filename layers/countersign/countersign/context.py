"""What a use case works with, so that a test can replace each part."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from countersign.aws.table import Table
from countersign.http.edge import Caller
from countersign.http.request_bucket import metered, spend_request
from countersign.settings import Settings

StripeCalls = TypeVar("StripeCalls")


def _now() -> int:
    return int(time.time())


class UseCaseContext(Struct, Generic[StripeCalls], frozen=True):
    """A capability's table, its calls to Stripe, the settings, and the local clock in Unix seconds,
    which never orders events (docs/decisions.md#stripes-clock-orders-everything).
    """

    table: Table
    stripe: StripeCalls
    settings: Settings
    now: Callable[[], int] = _now


def context_for(
    context: UseCaseContext[StripeCalls], caller: Caller
) -> UseCaseContext[StripeCalls]:
    """Return the context in which a caller's own requests are made: a person's calls to Stripe are
    metered (`http.request_bucket`), a machine's are not. Each then raises 429 `too_many_requests`
    as well.
    """
    if caller.is_machine:
        return context

    def spend() -> None:
        spend_request(context.table, caller.user, context.now())

    return replace(context, stripe=metered(context.stripe, spend))
