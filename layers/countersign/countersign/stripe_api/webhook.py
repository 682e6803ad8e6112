"""From the bytes of a webhook to an event that is Stripe's, fresh, and of our mode."""

import time
from collections.abc import Callable

from countersign.aws.telemetry import count, logger
from countersign.http.edge import HttpEvent as Request
from countersign.http.edge import header, raw_body
from countersign.problems import Problem
from countersign.stripe_api.events import MalformedEvent, Outcome, StripeEvent, parse_event
from countersign.stripe_api.keys import deployment_is_live, passes_with, webhook_secrets
from countersign.stripe_api.signature import is_signed

BODY_LIMIT = 1024 * 1024
"""Bytes that a webhook may have."""

Receiver = Callable[[StripeEvent], Outcome]


def receive(request: Request, receiver_of: Callable[[StripeEvent], Receiver | None]) -> Outcome:
    """Verify a webhook and pass it to the capability that acts on it; returns the outcome.

    Raises 400 `invalid_signature` or `invalid_payload`, 413 `payload_too_large`, and
    `Unavailable`, after which Stripe sends the event again.
    """
    payload = raw_body(request, BODY_LIMIT)
    if not _is_genuine(payload, header(request, "stripe-signature") or ""):
        count("InvalidSignature")
        raise Problem(
            400, "invalid_signature", "The Stripe-Signature header does not fit this body and time."
        )
    try:
        event = parse_event(payload)
        outcome = _pass_on(event, receiver_of) if event else "ignored"
    except MalformedEvent as error:
        raise Problem(400, "invalid_payload", f"This is no Stripe event: {error}.") from error
    if event:
        found = {"event": event.id, "type": event.type, "outcome": outcome}
        logger.info("webhook", extra=found)
    return outcome


def _is_genuine(payload: bytes, signature: str) -> bool:
    """Whether Stripe signed these bytes."""
    now = time.time()
    return passes_with(webhook_secrets, lambda known: is_signed(payload, signature, known, now))


def _pass_on(event: StripeEvent, receiver_of: Callable[[StripeEvent], Receiver | None]) -> Outcome:
    receiver = receiver_of(event)
    if receiver is None or event.livemode != deployment_is_live():
        return "ignored"
    return receiver(event)
