"""From the bytes of a webhook to an event that is genuine, recent, and of our mode."""

import time
from collections.abc import Callable

from countersign.aws.telemetry import count, logger
from countersign.http.edge import HttpEvent, header, raw_body
from countersign.problems import Problem
from countersign.stripe_api.events import EventOutcome, MalformedEvent, StripeEvent, parse_event
from countersign.stripe_api.keys import deployment_is_live, webhook_secrets
from countersign.stripe_api.signature import as_sent, is_signed
from countersign.stripe_api.unusable_event import unusable

BODY_LIMIT = 1024 * 1024
"""The most bytes that a webhook may have."""

_PING = "v2.core.event_destination.ping"
"""What Stripe sends to try a destination (https://docs.stripe.com/event-destinations)."""

Receiver = Callable[[StripeEvent], EventOutcome]
ReceiverOf = Callable[[StripeEvent], Receiver | None]


def receive_webhook(request: HttpEvent, receiver_of: ReceiverOf) -> EventOutcome:
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
        outcome = pass_on(event, receiver_of)
    except MalformedEvent as error:
        raise Problem(
            400,
            "invalid_payload",
            f"The body is not a Stripe event: {error}. Send an event as Stripe makes it.",
        ) from error
    logger.info("webhook", extra={"event": event.id, "type": event.type, "outcome": outcome})
    return outcome


def _is_genuine(payload: bytes, signature: str) -> bool:
    """Return whether Stripe signed these bytes recently."""
    now, sent = time.time(), as_sent(signature)
    return webhook_secrets().passes(lambda known: is_signed(payload, sent, known, now))


def pass_on(event: StripeEvent, receiver_of: ReceiverOf) -> EventOutcome:
    """Pass a genuine event to the capability that acts on it, and return the outcome.

    Raises `Unavailable` and `MalformedEvent`.
    """
    if event.livemode != deployment_is_live():
        return "ignored"
    receiver = receiver_of(event)
    if receiver is not None:
        return receiver(event)
    # What a destination sends as a snapshot beyond what we receive says nothing to us. A thin event
    # may be of a kind that we would act on in the other style.
    return unusable(event) if event.is_thin and event.type != _PING else "ignored"
