"""A run as its steps see it: the time that is left, the pace of requests to Stripe, and what was
found and repaired.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from countersign.problems import Unavailable
from countersign.reconciliation.context import Context
from countersign.reconciliation.run_record import RunRecord
from countersign.reconciliation.windows import Progress
from countersign.stripe_api.webhook import ReceiverOf

RESERVE = 30.0
"""Seconds of an invocation in which nothing new is begun."""
REQUESTS_PER_SECOND = 10
"""To Stripe, at most. Stripe allows 25 in test mode and 100 in live mode, which are first of all
the business's own (https://docs.stripe.com/rate-limits).
"""
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each repetition of what Stripe or storage did not serve."""

Result = TypeVar("Result")


class OutOfTime(Exception):
    """The invocation has no time left. The next one continues what this one has begun."""


class Run(Struct):
    """One runner's work under one lease: the schedule's, or a run that somebody called for
    (`record`). `progress` is how far the schedule has read our own account's events.
    """

    context: Context
    fence: int
    record: RunRecord | None = None
    progress: Progress | None = None
    clock: int = 0
    """The latest known time by Stripe's clock."""
    reserve: float = RESERVE
    """Seconds of the invocation that are not this one's to use: others have their turn in them."""
    _found: int = 0
    _repaired: int = 0
    _saved: tuple[int, int] = (0, 0)
    _next_request: float = float("-inf")

    def now(self) -> int:
        """Return our own clock's time in Unix seconds."""
        return self.context.now()

    def remaining(self) -> float:
        """Return the seconds in which something may still be begun."""
        return self.context.remaining() - self.reserve

    def leave_to_others(self, reserve: float, part: float) -> None:
        """Leave so many seconds to others, and of the time beyond that this part."""
        self.reserve = reserve + part * max(0.0, self.context.remaining() - reserve)

    def check_time(self) -> None:
        """Raise `OutOfTime` if nothing may be begun any more."""
        if self.remaining() <= 0:
            raise OutOfTime

    def pace(self) -> None:
        """Wait until the next request to Stripe may be sent. Raises `OutOfTime`."""
        self.check_time()
        wait = self._next_request - self.context.monotonic()
        if wait > 0:
            self.context.sleep(wait)
        self._next_request = self.context.monotonic() + 1 / REQUESTS_PER_SECOND

    def patiently(self, request: Callable[[], Result]) -> Result:
        """Return the result of a request, repeated after pauses when it is not served: Stripe's 429
        ends after a few seconds. Raises `Unavailable` after the last, and `OutOfTime`.
        """
        for pause in PAUSES:
            self.check_time()
            try:
                return request()
            except Unavailable:
                self.context.sleep(pause)
        self.check_time()
        return request()

    def receiver_of(self) -> ReceiverOf:
        """Return who acts on an event, with requests to Stripe at this run's pace."""
        return self.context.receivers(self.pace)

    def found(self, number: int = 1) -> None:
        """Count what was found at Stripe that is ours."""
        self._found += number

    def repaired(self, number: int = 1) -> None:
        """Count what of it had not been stored."""
        self._repaired += number

    def counts(self) -> tuple[int, int]:
        """Return what was found and repaired so far."""
        return self._found, self._repaired

    def new_counts(self) -> tuple[int, int]:
        """Return what was found and repaired since this was asked last: it is to be stored."""
        before, self._saved = self._saved, self.counts()
        return self._found - before[0], self._repaired - before[1]
