"""Events that cannot be acted on: they are told, since Stripe counts them as delivered."""

from countersign.aws.telemetry import count, logger
from countersign.stripe_api.events import EventOutcome, StripeEvent


def unusable(event: StripeEvent) -> EventOutcome:
    """Log and count a genuine event of this mode that nothing can be done with, and return its
    outcome. Sending it again would not help, so it is not refused.
    """
    logger.warning("event cannot be acted on", extra={"event": event.id, "type": event.type})
    count("UnusableEvent")
    return "ignored"
