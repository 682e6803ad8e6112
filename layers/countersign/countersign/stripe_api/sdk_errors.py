"""The SDK's errors, as refusals that say who can mend them."""

from typing import TYPE_CHECKING, Any

from countersign.aws.telemetry import logger
from countersign.problems import Unavailable, in_progress
from countersign.stripe_api.refusals import (
    AccountUnreachable,
    PermissionMissing,
    StripeBusy,
    StripeFailed,
    StripeKeyRefused,
    StripeKeyReused,
    StripeRefused,
)

if TYPE_CHECKING:
    import stripe

_NO_ACCESS, _LOCKED = "account_invalid", "lock_timeout"
_MEMBERS = ("param", "code", "decline_code", "payment_intent")


def refusal_of(
    error: "stripe.StripeError", account: str | None, not_before: int | None
) -> Exception:
    """Return what an error means, and log it without Stripe's message, which quotes the request.

    `account` is the one that the request was sent on behalf of. `not_before` is a lower bound of
    the response's moment by Stripe's clock. The status decides: a code may be new, and some 403
    have no body (https://docs.stripe.com/api/errors).
    """
    status, members = error.http_status or 0, _members(error)
    found = _refusal(status, members, account, not_before)
    extra = {
        "reason": type(error).__name__,
        "status": status,
        "code": members.get("code"),
        "request": error.request_id,
    }
    # Of what stays until somebody mends it, only the key is this deployment's own.
    log = logger.error if isinstance(found, StripeKeyRefused) else logger.warning
    log("stripe call failed", extra=extra)
    return found


def _refusal(
    status: int, members: dict[str, Any], account: str | None, not_before: int | None
) -> Exception:
    if members.get("code") == _NO_ACCESS:
        return AccountUnreachable(not_before)
    if status == 403 and account is not None:
        return PermissionMissing()
    if status in (401, 403):
        return StripeKeyRefused()
    if members.get("code") == _LOCKED:
        return StripeBusy()
    if status == 409:
        return in_progress()
    if status == 400 and members.get("type") == "idempotency_error":
        return StripeKeyReused()
    if status in (400, 402, 404) and members.get("code") != "rate_limit":
        return StripeRefused(status, **{name: members.get(name) for name in _MEMBERS})
    return StripeFailed() if status >= 500 else Unavailable("stripe")


def _members(error: "stripe.StripeError") -> dict[str, Any]:
    """Return Stripe's `error` object, empty for a response without one."""
    body = error.json_body
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}
