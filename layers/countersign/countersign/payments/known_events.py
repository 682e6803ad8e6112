"""Tell which events of payments say nothing new, by reading the marks of their PaymentIntents, a
hundred at a time.

Reconciliation reads each event several times, and each that wakes a payment makes the sweep ask
Stripe. What was woken since an event was created was read since, or is about to be.
"""

from collections.abc import Sequence

from countersign.aws.table import Table
from countersign.payments.intent_marks import IntentMark, intent_key, load_marks
from countersign.payments.receive_event import intent_of, is_payment_event, matters_after_end
from countersign.stripe_api.events import StripeEvent

_MOST = 100
"""Marks in one read."""


def known_payment_events(table: Table, events: Sequence[StripeEvent]) -> frozenset[str]:
    """Return the ids of those events that would wake a payment of ours for nothing. Raises
    `Unavailable`.
    """
    keys = {event.id: key for event in events if (key := _key_of(event)) is not None}
    wanted, stored = sorted(set(keys.values())), dict[str, IntentMark]()
    for start in range(0, len(wanted), _MOST):
        stored |= load_marks(table, wanted[start : start + _MOST])
    return frozenset(
        event.id
        for event in events
        if (mark := stored.get(keys.get(event.id, ""))) is not None and _is_known(event, mark)
    )


def _key_of(event: StripeEvent) -> str | None:
    if not is_payment_event(event) or event.account is None:
        return None
    intent = intent_of(event)
    return intent_key(event.account, intent) if intent else None


def _is_known(event: StripeEvent, mark: IntentMark) -> bool:
    if mark.has_ended and not matters_after_end(event):
        return True
    return mark.woken_at is not None and mark.woken_at >= event.created
