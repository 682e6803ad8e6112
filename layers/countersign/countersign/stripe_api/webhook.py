"""From the bytes of a webhook to an event that is genuine, recent, and of our mode."""

import time
from collections.abc import Callable

from countersign.aws.telemetry import count, logger
from countersign.http.edge import HttpEvent, header, raw_body
from countersign.problems import Problem
from countersign.stripe_api.events import EventOutcome, MalformedEvent, StripeEvent, parse_event
from countersign.stripe_api.keys import deployment_is_live, passes_with, webhook_secrets
from countersign.stripe_api.signature import is_signed

BODY_LIMIT = 1024 * 1024
"""The most bytes that a webhook may have."""

Receiver = Callable[[StripeEvent], EventOutcome]


def receive_webhook(
    request: HttpEvent, receiver_of: Callable[[StripeEvent], Receiver | None]
) -> EventOutcome:
    """Verify a webhook, pass it to the capability that acts on it, and return the outcome.

    Raises 400 `invalid_signature` or `invalid_payload`, 413 `payload_too_large`, and
    `Unavailable`, after which Stripe sends the event again.
    """
    payload = raw_body(request, BODY_LIMIT)
    if not _is_genuine(payload, header(request, "stripe-signature") or ""):
        count("InvalidSignature")
        raise Problem(
            400,
            "invalid_signature",
            "The Stripe-Signature header does not match this body and time. Check the endpoint's"
            " signing secret.",
        )
    count("EventReceived")
    try:
        event = parse_event(payload)
        outcome = _passed_on(event, receiver_of) if event else "ignored"
    except MalformedEvent as error:
        raise Problem(
            400,
            "invalid_payload",
            f"The body is not a Stripe event: {error}. Send an event as Stripe makes it.",
        ) from error
    if event:
        logger.info("webhook", extra={"event": event.id, "type": event.type, "outcome": outcome})
    return outcome


def _is_genuine(payload: bytes, signature: str) -> bool:
    """Return whether Stripe signed these bytes recently."""
    now = time.time()
    return passes_with(webhook_secrets, lambda known: is_signed(payload, signature, known, now))


def _passed_on(
    event: StripeEvent, receiver_of: Callable[[StripeEvent], Receiver | None]
) -> EventOutcome:
    receiver = receiver_of(event)
    if receiver is None or event.livemode != deployment_is_live():
        return "ignored"
    return receiver(event)
