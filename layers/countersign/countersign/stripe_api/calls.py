"""Calls to Stripe's API, within the time of the request that makes them.

The SDK's own time limit is 80 s and a client retries nothing, while API Gateway gives up after
30 s. Here a try may take 6 s and is repeated once, and a call that could not end within the
request's time is not begun. The SDK is imported at the first call: most invocations of the webhook
need none, and the import takes about 100 ms (docs/decisions.md#a-cold-start-loads-what-it-needs).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from countersign.aws.telemetry import logger
from countersign.http import deadline
from countersign.problems import Unavailable, in_progress
from countersign.settings import settings
from countersign.stripe_api.keys import stripe_key

if TYPE_CHECKING:
    import stripe

TIMEOUT = (1.5, 4.5)
"""Seconds to connect and to wait for a response, for each try."""
RETRIES = 1
LONGEST_CALL = (RETRIES + 1) * sum(TIMEOUT) + 0.75
"""Seconds that a call may take, with its retries and the SDK's pauses between them."""
CLOCK_MARGIN = 2
"""Seconds by which two of Stripe's clocks may differ."""


class StripeFailed(Unavailable):
    """Stripe answered 5xx. It repeats this response for the same idempotency key for a day."""

    def __init__(self) -> None:
        super().__init__("stripe")


class StripeKeyReused(Exception):
    """The idempotency key was used before, with other parameters."""


class StripeRefused(Exception):
    """Stripe refused the request itself; `status` is 400, 402 or 404."""

    def __init__(self, status: int, param: str | None) -> None:
        super().__init__(f"{status} {param}")
        self.status = status
        self.param = param


class AccountLost(Exception):
    """Stripe no longer lets us act for the account that the request was made on behalf of.

    `not_before` is a lower bound of the moment by Stripe's clock, as in `StripeResponse`.
    """

    def __init__(self, not_before: int | None) -> None:
        super().__init__("account lost")
        self.not_before = not_before


@dataclass(frozen=True, slots=True)
class StripeResponse:
    """Stripe's response: the object, a lower bound of its moment by Stripe's clock (Unix seconds,
    `None` if the response has no date), and whether it repeats a saved response.
    """

    body: dict[str, Any]
    not_before: int | None
    replayed: bool


StripeRequest = Callable[["stripe.StripeClient"], Any]


def call(request: StripeRequest) -> StripeResponse:
    """Send one request and return Stripe's response.

    Raises `Unavailable` (`StripeFailed` when Stripe itself failed), `StripeRefused`,
    `StripeKeyReused`, `AccountLost`, and 409 `request_in_progress` while a request with the same
    idempotency key is running. Follows https://docs.stripe.com/error-low-level and
    /api/idempotent_requests.
    """
    if deadline.remaining() < LONGEST_CALL:
        raise Unavailable("stripe")
    began = time.monotonic()
    try:
        found = request(_client(stripe_key(), settings().stripe_api_base))
    except _stripe().StripeError as error:
        raise _translated(error, time.monotonic() - began) from error
    headers = found.last_response.headers
    return StripeResponse(
        body=found.to_dict(),
        not_before=_lower_bound(headers.get("Date"), time.monotonic() - began),
        replayed=headers.get("Idempotent-Replayed") == "true",
    )


def _lower_bound(date: str | None, elapsed: float) -> int | None:
    """Return the earliest moment of the state. `Date` is the end of a call, and the state can be as
    old as its beginning.
    """
    try:
        return int(parsedate_to_datetime(date or "").timestamp() - elapsed - CLOCK_MARGIN)
    except ValueError:
        return None


def _translated(error: "stripe.StripeError", elapsed: float) -> Exception:
    sdk = _stripe()
    status = error.http_status or 0
    # The exception's own `code` is empty for 401 and 403.
    code = getattr(error.error, "code", None)
    is_lost = code == "account_invalid"
    # A wrong key, or a permission that the key or the app lacks, stays until someone corrects it.
    log = logger.error if status in (401, 403) and not is_lost else logger.warning
    extra = {
        "reason": type(error).__name__,
        "status": status,
        "code": code,
        "request": error.request_id,
    }
    log("stripe call failed", extra=extra)
    if status == 409:
        return in_progress()
    if is_lost:
        return AccountLost(_lower_bound((error.headers or {}).get("Date"), elapsed))
    if isinstance(error, sdk.IdempotencyError):
        return StripeKeyReused()
    if isinstance(error, sdk.InvalidRequestError):
        return StripeRefused(status, getattr(error, "param", None))
    return StripeFailed() if status >= 500 else Unavailable("stripe")


@lru_cache(maxsize=2)
def _client(key: str, api_base: str) -> "stripe.StripeClient":
    sdk = _stripe()
    # At INFO, Lambda's own level, the SDK logs whole URLs and Stripe's messages, with user ids and
    # e-mail addresses (docs/decisions.md#never-stored-or-logged).
    logging.getLogger("stripe").setLevel(logging.CRITICAL)
    client: stripe.StripeClient = sdk.StripeClient(
        key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=RETRIES,
        http_client=sdk.RequestsClient(timeout=TIMEOUT),
    )
    return client


def _stripe() -> Any:
    import stripe

    return stripe
