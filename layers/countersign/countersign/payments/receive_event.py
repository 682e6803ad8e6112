"""Receive events of payments: they wake a payment, and say nothing themselves, since their order
means nothing. The read that follows decides.

https://docs.stripe.com/api/events/types. An event of a payment that is not ours costs nothing: a
PaymentIntent and a charge are known by our metadata. Refunds, disputes and reviews name their
PaymentIntent, and a thin event names nothing else: each costs one write.
"""

from countersign.payments.intent_marks import Context, wake
from countersign.payments.metadata import PAYMENT, is_payment_id
from countersign.stripe_api.events import EventOutcome, StripeEvent, is_id
from countersign.stripe_api.unusable_event import unusable

_INTENT, _CHARGE = "payment_intent", "charge"
_AFTERWARDS = ("charge.refund", "charge.dispute.", "refund.", "review.")
"""Beginnings of the types that matter once a payment has ended, too."""
LISTED_TYPES = frozenset(
    (
        "payment_intent.canceled",
        "payment_intent.succeeded",
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.refunded",
        "refund.created",
        "refund.failed",
        "refund.updated",
        "review.closed",
        "review.opened",
    )
)
"""The types that are asked for where webhooks may be missing: how a payment has ended, and what
comes afterwards. A payment that is open is read by the sweep in any case.
"""
TYPES = LISTED_TYPES | {
    "payment_intent.amount_capturable_updated",
    "payment_intent.created",
    "payment_intent.partially_funded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "charge.captured",
    "charge.expired",
    "charge.failed",
    "charge.pending",
    "charge.refund.updated",
    "charge.succeeded",
    "charge.updated",
}
"""The types that wake a payment."""


def is_payment_event(event: StripeEvent) -> bool:
    """Return whether an event is of a type that this capability receives."""
    return event.type in TYPES


def receive_payment_event(context: Context, event: StripeEvent) -> EventOutcome:
    """Mark the payment of an event as due, in one write, and return what became of it. A thin event
    wakes by its PaymentIntent; one of another object does not say whose it is. Raises
    `Unavailable`.
    """
    if event.account is None:
        return "ignored"
    if event.is_thin and event.object.get("object") != _INTENT:
        return unusable(event)
    intent = intent_of(event)
    if intent is None:
        return "ignored"
    after_end = matters_after_end(event)
    woken = wake(context.table, event.account, intent, context.now(), after_end=after_end)
    return "applied" if woken else "ignored"


def matters_after_end(event: StripeEvent) -> bool:
    """Return whether an event may say something new of a payment that has ended."""
    return event.type.startswith(_AFTERWARDS)


def intent_of(event: StripeEvent) -> str | None:
    """Return the PaymentIntent that an event is about, if it may be one of ours."""
    found = event.object
    kind = found.get("object")
    if kind in (_INTENT, _CHARGE) and not event.is_thin:
        metadata = found.get("metadata")
        if not isinstance(metadata, dict) or not is_payment_id(metadata.get(PAYMENT)):
            return None
    intent = found.get("id" if kind == _INTENT else _INTENT)
    intent = intent.get("id") if isinstance(intent, dict) else intent
    return intent if is_id(intent) and str(intent).startswith("pi_") else None
