"""The sessions' part of the table: one conditional write for each event or read.

`Session` describes the item; docs/decisions.md#one-conditional-write-per-event gives the reason.
"""

from collections.abc import Sequence

from msgspec import Struct

from countersign.aws.changes import ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.identity.attempts import completed_at
from countersign.identity.session import Session, session_key
from countersign.identity.snapshot import Snapshot
from countersign.stripe_api.event_order import outcome_of_late
from countersign.stripe_api.events import EventOutcome

FIRST_PAUSE = 3
"""Seconds between the first two reads of an open session; doubled after each."""
MOST_DOUBLINGS = 9

_RESTART: Item = {"polls": 0, "next_poll_at": 0}
_KNOWN_AND_NEWER = "ord < :ord"
_NEW_OR_NEWER = f"attribute_not_exists(ord) OR {_KNOWN_AND_NEWER}"


class Stored(Struct, frozen=True):
    """What became of a snapshot, and the session as it is stored now."""

    outcome: EventOutcome
    session: Session


def load(table: Table, session_id: str) -> Session | None:
    """Return a stored session."""
    item = table.get(session_key(session_id))
    return Session.from_item(item) if item else None


def load_many(table: Table, session_ids: Sequence[str]) -> dict[str, Session]:
    """Return those of at most 100 sessions that are stored, by id."""
    items = table.get_many([session_key(session_id) for session_id in session_ids])
    found = map(Session.from_item, items.values())
    return {session.id: session for session in found}


def store_snapshot(table: Table, snapshot: Snapshot, *, hands_out: bool = False) -> Stored:
    """Store a snapshot, unless what is stored is as new. One write, a second only to fill a gap.

    `hands_out` counts a secret that is given to a visitor, and lets the next read ask Stripe at
    once.
    """
    state = snapshot.state() | (_RESTART if hands_out else {})
    removed = snapshot.removed()
    try:
        session = _write(table, snapshot, state, _NEW_OR_NEWER, removed, hands_out=hands_out)
    except ConditionFailed as failed:
        return _late(table, snapshot, Session.from_item(failed.item or {}), hands_out=hands_out)
    return Stored("applied", _filled(table, snapshot, session))


def update_known(table: Table, snapshot: Snapshot) -> Stored | None:
    """Store a snapshot of a session that is stored already, or return `None` for another session,
    which is left alone. One write, as in `store_snapshot`.
    """
    try:
        state, removed = snapshot.state(), snapshot.removed()
        session = _write(table, snapshot, state, _KNOWN_AND_NEWER, removed)
    except ConditionFailed as failed:
        if failed.item is None:
            return None
        return _late(table, snapshot, Session.from_item(failed.item))
    return Stored("applied", _filled(table, snapshot, session))


def _late(table: Table, snapshot: Snapshot, session: Session, *, hands_out: bool = False) -> Stored:
    """Return what became of a snapshot that is no newer than the stored session."""
    outcome = outcome_of_late(snapshot.ord, session.ord)
    return Stored(outcome, _filled(table, snapshot, session, hands_out=hands_out))


def _filled(
    table: Table, snapshot: Snapshot, session: Session, *, hands_out: bool = False
) -> Session:
    """Add what a snapshot knows and the stored session lacks, even if the snapshot is older: the
    owner, the attempt, that a redaction was asked for, a completed check, and a hand-out.
    """
    lacks_mark = _lacks_mark(session, snapshot)
    if not (_lacks_fixed(session, snapshot) or lacks_mark or hands_out):
        return session
    state = _RESTART if hands_out else {}
    condition = "attribute_exists(pk)"
    return _write(table, snapshot, state, condition, with_mark=lacks_mark, hands_out=hands_out)


def _write(
    table: Table,
    snapshot: Snapshot,
    state: Item,
    condition: str,
    removed: Sequence[str] = (),
    *,
    with_mark: bool | None = None,
    hands_out: bool = False,
) -> Session:
    """Set a state, and what is set once unless it is set, and remove attributes. `with_mark` adds
    the mark (by default an event's), after which hand-outs are counted anew.
    """
    adds, removes = ["rev :one"], list(removed)
    values: Item = {":one": 1}
    marked = snapshot.certain if with_mark is None else with_mark
    if marked and snapshot.mark:
        adds.append("reports :mark")
        values[":mark"] = {snapshot.mark}
        removes.append("handouts")
    elif hands_out:
        adds.append("handouts :one")
    fixed = snapshot.fixed() | (snapshot.first() if "ord" in state else {})
    sets = [f"#{name} = :{name}" for name in state]
    sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in fixed]
    values |= {f":{name}": value for name, value in (state | fixed).items()}
    setting = f"SET {', '.join(sets)} " if sets else ""
    removing = f"REMOVE {', '.join(removes)} " if removes else ""
    expression = f"{setting}{removing}ADD {', '.join(adds)}"
    names = {f"#{name}": name for name in state | fixed}
    key = session_key(snapshot.id)
    return Session.from_item(table.update(key, expression, condition, values, names))


def says_nothing_new(snapshot: Snapshot, session: Session) -> bool:
    """Return whether storing a snapshot would change nothing of the stored session."""
    is_late = snapshot.ord <= session.ord
    return is_late and not (_lacks_fixed(session, snapshot) or _lacks_mark(session, snapshot))


def _lacks_fixed(session: Session, snapshot: Snapshot) -> bool:
    return any(_is_unset(getattr(session, name)) for name in snapshot.fixed())


def _is_unset(value: object) -> bool:
    return value is None or value is False


def _lacks_mark(session: Session, snapshot: Snapshot) -> bool:
    if snapshot.mark is None:
        return False
    if snapshot.certain:
        return snapshot.mark not in session.reports
    return snapshot.report not in completed_at(session.reports)


def claim_read(table: Table, session: Session, now: int) -> bool:
    """Claim the next read of an open session at Stripe, if it is time; of several callers one gets
    it. Each session has pauses of its own: 3, 6, 12 s and so on.
    """
    if session.next_poll_at > now:
        return False
    values = {
        ":polls": session.polls + 1,
        ":next": now + FIRST_PAUSE * 2 ** min(session.polls, MOST_DOUBLINGS),
        ":now": now,
    }
    try:
        table.update(
            session_key(session.id),
            "SET polls = :polls, next_poll_at = :next",
            "attribute_not_exists(next_poll_at) OR next_poll_at <= :now",
            values,
        )
    except ConditionFailed:
        return False
    return True
