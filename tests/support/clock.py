"""A clock that a test moves: Stripe's and ours may be the same, or each its own."""

START = 1_800_000_000
"""When most tests begin, Unix seconds."""


class Clock:
    """Unix seconds that move only when a test moves them, or by `ticks` whenever they are read."""

    def __init__(self, now: float = START) -> None:
        self.now = now
        self.ticks = 0.0

    def __call__(self) -> int:
        return int(self.time())

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds

    # As a module of `time`, for the code that reads the process's own clock.
    def time(self) -> float:
        self.now += self.ticks
        return self.now

    def monotonic(self) -> float:
        return self.now
