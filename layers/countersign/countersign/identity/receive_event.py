"""Events of verification sessions: one event, one conditional write (design, decision 1)."""

from dataclasses import replace

from countersign.identity.context import Context
from countersign.identity.snapshot import (
    Snapshot,
    from_event,
    from_read,
    is_ours,
)
from countersign.identity.store import keep
from countersign.stripe_api.calls import StripeRefused
from countersign.stripe_api.events import Outcome, StripeEvent


def receive(context: Context, event: StripeEvent) -> Outcome:
    """Store what an event of this deployment's mode tells; raises `Unavailable` and
    `MalformedEvent`.

    An event with an account happened at a connected account, which could name any user in its
    metadata: it is ignored. A session without our marker is ignored too, unless it is stored: then
    it is ours and Stripe has erased the marker, and it names nobody any more.
    """
    if event.account is not None:
        return "ignored"
    snapshot = from_event(event)
    ours = is_ours(event.object, context.settings.deployment)
    if not ours:
        snapshot = replace(snapshot, user=None, attempt=None)
    kept = keep(context.table, snapshot, known_only=True)
    if kept.outcome != "unknown":
        return kept.outcome
    if snapshot.status != "redacted" and not (ours and _stripe_confirms(context, snapshot)):
        return "ignored"
    return _keep_unknown(context, snapshot)


def _stripe_confirms(context: Context, snapshot: Snapshot) -> bool:
    """Whether Stripe knows a session that is not stored as one of ours, or had to erase it since.

    Its event came before our own write, or we never heard of it.
    """
    try:
        session = context.stripe.retrieve(snapshot.id).body
    except StripeRefused:
        return False
    erased = from_read(session, None).status == "redacted"
    return erased or is_ours(session, context.settings.deployment)


def _keep_unknown(context: Context, snapshot: Snapshot) -> Outcome:
    """Store a session for the first time. A redaction leaves a tombstone: what comes late must not
    bring the session back.
    """
    outcome = keep(context.table, snapshot).outcome
    return "ignored" if outcome == "unknown" else outcome
