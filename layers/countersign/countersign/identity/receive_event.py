"""Receive the events of verification sessions: one conditional write for each.

See docs/decisions.md#one-conditional-write-per-event and #only-our-own-events-count.
"""

from collections.abc import Callable

from msgspec.structs import replace

from countersign.identity.context import Context
from countersign.identity.limit_checks import end_at_limit
from countersign.identity.session import Session
from countersign.identity.snapshot import EVENT_TYPES, Snapshot, is_ours
from countersign.identity.store import store_snapshot, update_known
from countersign.identity.stripe_calls import StripeSession
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.calls import StripeRefused
from countersign.stripe_api.events import EventOutcome, StripeEvent, is_id
from countersign.stripe_api.unusable_event import unusable


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
    if event.is_thin:
        return _receive_thin(context, event)
    snapshot = Snapshot.from_event(event)
    return _store(context, snapshot, event.object, lambda: _stripe_confirms(context, snapshot))


def _receive_thin(context: Context, event: StripeEvent) -> EventOutcome:
    """Read the session that a thin event names, and store what it is now."""
    session_id = event.object["id"]
    if not is_id(session_id):
        return unusable(event)
    try:
        response = context.stripe.retrieve(session_id)
    except StripeRefused:
        return unusable(event)
    snapshot = Snapshot.from_thin(event, response.body, response.not_before)
    return _store(context, snapshot, response.body, lambda: True)


def _store(
    context: Context, snapshot: Snapshot, session: StripeSession, confirms: Callable[[], bool]
) -> EventOutcome:
    """Store a snapshot of a session that is stored, is redacted, or is ours and confirmed, and end
    the session if this was its user's last check.
    """
    ours = is_ours(session, context.settings.deployment)
    if not ours:
        snapshot = replace(snapshot, user=None, attempt=None)
    stored = update_known(context.table, snapshot)
    if stored is None:
        if snapshot.status != "redacted" and not (ours and confirms()):
            return "ignored"
        stored = store_snapshot(context.table, snapshot)
    # Also for an event that comes again, as it does until the session is canceled.
    if snapshot.status == "requires_input" and snapshot.mark:
        _end_at_limit(context, stored.session)
    return stored.outcome


def _end_at_limit(context: Context, session: Session) -> None:
    """End the session of a user who may have no other check, unless Stripe is checking or has
    verified it: it is then stored so, and its secrets are used up.

    Raises `Unavailable`, also while an earlier request to cancel it is still running.
    """
    try:
        end_at_limit(context, session)
    except Problem as refused:
        if refused.code == "request_in_progress":
            raise Unavailable("stripe") from refused
        if refused.code not in ("verification_in_progress", "already_verified"):
            raise


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
