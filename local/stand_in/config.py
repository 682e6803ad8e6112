"""What the stand-in is told when it starts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StandInConfig:
    """Where the stand-in lives, where its webhooks go, which Stripe App is ours, and how patient it
    is (seconds).

    `application_id` is the app's `ca_...`; it signs an installation with every one of
    `app_secrets`, and goes back to one of `redirect_uris` alone, as the app's manifest has them.
    `first_limit` is the longest an answer waits for its events when they are to come first.
    `retry_delays` are the waits before each further try of a webhook; the clock is a parameter
    so that a test can let a day pass.
    """

    public_url: str
    webhook_url: str
    account_secret: str
    connect_secret: str
    state_file: Path
    app_id: str
    application_id: str
    app_secrets: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    retry_delays: tuple[float, ...] = (1, 3, 10, 30, 60, 300)
    delivery_timeout: float = 10.0
    first_limit: float = 5.0
    processing_delay: float = 4.0
    redaction_delay: float = 1.0
    clock: Callable[[], float] = time.time
