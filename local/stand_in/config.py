"""What the stand-in is told when it starts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StandInConfig:
    """Where the stand-in lives, where its webhooks go, and how patient it is (seconds).

    `retry_delays` are the waits before each further try of a webhook; the clock is a parameter
    so that a test can let a day pass.
    """

    public_url: str
    webhook_url: str
    account_secret: str
    connect_secret: str
    state_file: Path
    retry_delays: tuple[float, ...] = (1, 3, 10, 30, 60, 300)
    delivery_timeout: float = 10.0
    processing_delay: float = 4.0
    redaction_delay: float = 1.0
    clock: Callable[[], float] = time.time
