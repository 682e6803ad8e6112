"""Receive the events of verification sessions: one conditional write for each.

See docs/decisions.md#one-conditional-write-per-event and #only-our-own-events-count.
"""

from dataclasses import replace

from countersign.identity.context import Context
from countersign.identity.snapshot import EVENT_TYPES, Snapshot, is_ours
from countersign.identity.store import store_snapshot, update_known
from countersign.stripe_api.calls import StripeRefused
from countersign.stripe_api.events import EventOutcome, StripeEvent


def is_session_event(event: StripeEvent) -> bool:
    """Return whether this is an event of a verification session."""
    return event.type in EVENT_TYPES


def receive_session_event(context: Context, event: StripeEvent) -> EventOutcome:
    """Store what an event of this deployment's mode says of a session.

    An event with an account is ignored: it happened at a connected account, which could name any
    user in its metadata. An event without our marker is ignored too, unless its session is stored.
    Then the session is ours and Stripe has erased the marker, so the event names nobody any more.
    A redaction is stored even if its session is unknown: this tombstone keeps late events from
    bringing the session back.

    Raises `Unavailable` and `MalformedEvent`.
    """
    if event.account is not None:
        return "ignored"
    snapshot = Snapshot.from_event(event)
    ours = is_ours(event.object, context.settings.deployment)
    if not ours:
        snapshot = replace(snapshot, user=None, attempt=None)
    stored = update_known(context.table, snapshot)
    if stored is not None:
        return stored.outcome
    if snapshot.status != "redacted" and not (ours and _stripe_confirms(context, snapshot)):
        return "ignored"
    return store_snapshot(context.table, snapshot).outcome


def _stripe_confirms(context: Context, snapshot: Snapshot) -> bool:
    """Return whether Stripe knows a session that is not stored as one of ours, or has erased it.

    Its event came before our own write, or we never saw the response that created it.
    """
    try:
        session = context.stripe.retrieve(snapshot.id).body
    except StripeRefused:
        return False
    erased = Snapshot.from_read(session, None).status == "redacted"
    return erased or is_ours(session, context.settings.deployment)
