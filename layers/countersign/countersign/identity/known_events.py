"""Tell which events say nothing new, by reading their sessions, a hundred at a time.

Reconciliation reads each event several times, since its windows overlap, and nearly all of them
arrived as webhooks before. A write on a condition that fails costs as much as one that succeeds,
and five times as much as this read
(docs/decisions.md#reconciliation-reads-windows-and-moves-one-cursor).
"""

from collections.abc import Iterator, Sequence

from countersign.aws.table import Table
from countersign.identity import store
from countersign.identity.receive_event import is_session_event
from countersign.identity.session import Session
from countersign.identity.snapshot import Snapshot
from countersign.stripe_api.events import MalformedEvent, StripeEvent

_MOST = 100
"""Sessions in one read."""


def known_events(table: Table, events: Sequence[StripeEvent]) -> frozenset[str]:
    """Return the ids of those events that would change nothing: snapshot events of our own account
    whose sessions are stored with all that they say. What is not sure is left out.

    Raises `Unavailable`.
    """
    snapshots = dict(_snapshots(events))
    ids = sorted({snapshot.id for snapshot in snapshots.values()})
    stored: dict[str, Session] = {}
    for start in range(0, len(ids), _MOST):
        stored |= store.load_many(table, ids[start : start + _MOST])
    return frozenset(
        event_id
        for event_id, snapshot in snapshots.items()
        if snapshot.id in stored and _is_known(snapshot, stored[snapshot.id])
    )


def _snapshots(events: Sequence[StripeEvent]) -> Iterator[tuple[str, Snapshot]]:
    for event in events:
        if is_session_event(event) and event.account is None and not event.is_thin:
            try:
                yield event.id, Snapshot.from_event(event)
            except MalformedEvent:
                continue


def _is_known(snapshot: Snapshot, session: Session) -> bool:
    """A failed check that comes again may still have to end its session: see `limit_checks`."""
    may_end = session.status == "requires_input" and bool(session.reports)
    return store.says_nothing_new(snapshot, session) and not may_end
