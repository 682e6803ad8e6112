"""Calls to Stripe's API, within the time of the request that makes them.

A call that could not end within the request's time is not begun.
"""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from countersign.http import deadline
from countersign.problems import Unavailable
from countersign.stripe_api.clients import RETRIES, TIMEOUT, client_for, sdk
from countersign.stripe_api.keys import is_key_rolled, stripe_key
from countersign.stripe_api.refusals import AccountUnreachable as AccountUnreachable
from countersign.stripe_api.refusals import PermissionMissing as PermissionMissing
from countersign.stripe_api.refusals import StripeBusy as StripeBusy
from countersign.stripe_api.refusals import StripeFailed as StripeFailed
from countersign.stripe_api.refusals import StripeKeyRefused as StripeKeyRefused
from countersign.stripe_api.refusals import StripeKeyReused as StripeKeyReused
from countersign.stripe_api.refusals import StripeRefused as StripeRefused
from countersign.stripe_api.sdk_errors import refusal_of

if TYPE_CHECKING:
    import stripe

LONGEST_CALL = (RETRIES + 1) * sum(TIMEOUT) + 0.75
"""Seconds that a call may take, with its retries and the SDK's pauses between them."""
SHORTEST_CALL = 2.5
"""Seconds that have to be left for a call that is tried once."""
CLOCK_MARGIN = 2
"""Seconds by which two of Stripe's clocks may differ."""


class StripeResponse(Struct, frozen=True):
    """Stripe's response: the object, a lower bound of its moment by Stripe's clock (Unix seconds,
    `None` if the response has no date), and whether it repeats a saved response.
    """

    body: dict[str, Any]
    not_before: int | None
    replayed: bool


StripeRequest = Callable[["stripe.StripeClient"], Any]


def call(
    request: StripeRequest, *, account: str | None = None, once: float | None = None
) -> StripeResponse:
    """Send one request and return Stripe's response. With `account` it is sent on behalf of that
    connected account (`Stripe-Account`, https://docs.stripe.com/connect/authentication). With
    `once` it is tried once only, for at most so many seconds and what is left for this request:
    the caller finds out what an unanswered one came to.

    Raises `Unavailable` (`StripeFailed` when Stripe itself failed), `StripeRefused`,
    `StripeKeyReused`, and the problems `StripeKeyRefused`, `PermissionMissing`,
    `AccountUnreachable`, and 409 `request_in_progress` while a request with the same idempotency
    key is running. Follows https://docs.stripe.com/error-low-level and /api/idempotent_requests.
    """
    key = stripe_key()
    try:
        return _send(request, key, account, once)
    except StripeKeyRefused:
        if not is_key_rolled(key):
            raise
        return _send(request, stripe_key(), account, once)


def _send(
    request: StripeRequest, key: str, account: str | None, once: float | None
) -> StripeResponse:
    if deadline.remaining() < (LONGEST_CALL if once is None else SHORTEST_CALL):
        raise Unavailable("stripe")
    began = time.monotonic()
    try:
        found = request(client_for(key, account, once))
    except sdk().StripeError as error:
        not_before = _lower_bound((error.headers or {}).get("Date"), time.monotonic() - began)
        # A traceback would show the SDK's error, whose message quotes the request.
        raise refusal_of(error, account, not_before) from None
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
