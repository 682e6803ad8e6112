"""The settings of the stand-in."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StandInConfig:
    """The address of the stand-in and of its webhooks, our Stripe App, and delays and limits in
    seconds.

    `application_id` is the app's `ca_...`; an installation is signed with every one of
    `app_secrets`, and leads back to one of `redirect_uris` only, as in the app's manifest.
    `first_limit` is how long an answer waits at most for its events if they are to come first.
    `retry_delays` are the waits before each retry of a webhook. The clock is a parameter so that a
    test can let a day pass.
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
