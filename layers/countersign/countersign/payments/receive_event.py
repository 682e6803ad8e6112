"""Receive events of payments: they wake a payment, and say nothing themselves, since their order
means nothing. The read that follows decides.

https://docs.stripe.com/api/events/types. An event of a payment that is not ours costs nothing: a
PaymentIntent and a charge are known by our metadata; refunds, disputes and reviews name their
PaymentIntent, and cost one write.
"""

from countersign.payments import store
from countersign.payments.context import Context
from countersign.payments.intent import PAYMENT
from countersign.payments.payment_record import ID
from countersign.stripe_api.events import EventOutcome, StripeEvent

_MARKED = ("payment_intent", "charge")
_AFTERWARDS = ("charge.refunded", "charge.dispute", "refund", "review")
"""Beginnings of the types that matter once a payment has ended, too."""
TYPES = frozenset(
    (
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "charge.captured",
        "charge.expired",
        "charge.failed",
        "charge.pending",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "refund.created",
        "refund.failed",
        "refund.updated",
        "review.closed",
        "review.opened",
    )
)
"""The types that wake a payment."""


def is_payment_event(event: StripeEvent) -> bool:
    """Return whether an event is of a type that this capability receives."""
    return event.type in TYPES


def receive_payment_event(context: Context, event: StripeEvent) -> EventOutcome:
    """Mark the payment of an event as due, in one write, and return what became of it. Raises
    `Unavailable`.
    """
    intent = _intent_of(event)
    if event.account is None or intent is None:
        return "ignored"
    after_end = event.type.startswith(_AFTERWARDS)
    woken = store.wake(context.table, event.account, intent, context.now(), after_end=after_end)
    return "applied" if woken else "ignored"


def _intent_of(event: StripeEvent) -> str | None:
    """Return the PaymentIntent that an event is about, if it may be one of ours."""
    found = event.object
    if found.get("object") in _MARKED:
        metadata = found.get("metadata") or {}
        if not ID.fullmatch(str(metadata.get(PAYMENT, ""))):
            return None
    name = "id" if found.get("object") == "payment_intent" else "payment_intent"
    intent = found.get(name)
    intent = intent.get("id") if isinstance(intent, dict) else intent
    return intent if isinstance(intent, str) and intent.startswith("pi_") else None
