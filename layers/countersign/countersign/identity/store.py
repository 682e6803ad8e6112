"""The stored session: one item, changed by one conditional write for each event or read.

Item `session#vs_…`: `ord`, `rev`, `status`, `last_error`, `livemode`, `created`, `user`, `attempt`,
`reports` (marks, see `attempts`), and `polls`, `next_poll_at` for the reads of an open session.
"""

from dataclasses import dataclass
from typing import Literal

from countersign.aws.changes import ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.identity.attempts import completed_at
from countersign.identity.snapshot import Snapshot, key

Outcome = Literal["applied", "duplicate", "superseded", "unknown"]

FIRST_PAUSE = 3
"""Seconds between the first two reads of an open session; doubled after each."""
MOST_DOUBLINGS = 9

_STATE = ("ord", "status", "last_error", "livemode", "created")
_FIXED = ("user", "attempt")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a snapshot, and the item as it is now (`None` when `unknown`)."""

    outcome: Outcome
    item: Item | None


def keep(
    table: Table, snapshot: Snapshot, *, known_only: bool = False, awake: bool = False
) -> Kept:
    """Store a snapshot unless what is stored is as new; one write, a second only to fill a gap.

    `known_only` leaves a session alone that is not stored yet (`unknown`). `awake` lets the next
    read ask Stripe at once, as after a visitor was sent off to try.
    """
    state = {name: getattr(snapshot, name) for name in _STATE}
    beginning = {"polls": 0, "next_poll_at": 0} if awake else {}
    condition = "ord < :ord" if known_only else "attribute_not_exists(ord) OR ord < :ord"
    try:
        item = _write(table, snapshot, state | beginning, condition, noting=snapshot.certain)
        outcome: Outcome = "applied"
    except ConditionFailed as failed:
        if failed.item is None:
            return Kept("unknown", None)
        item = failed.item
        outcome = "duplicate" if item["ord"] == snapshot.ord else "superseded"
    return Kept(outcome, _fill(table, item, snapshot, beginning))


def _fill(table: Table, item: Item, snapshot: Snapshot, beginning: Item) -> Item:
    """Add what an older snapshot knows and the item lacks: whose it is, a completed check, and
    that the reads begin anew.
    """
    lacks_name = any(name not in item and getattr(snapshot, name) is not None for name in _FIXED)
    lacks_mark = snapshot.mark is not None and not _is_noted(item, snapshot)
    must_wake = bool(beginning and item.get("polls"))
    if not (lacks_name or lacks_mark or must_wake):
        return item
    return _write(table, snapshot, beginning, "attribute_exists(pk)", noting=lacks_mark)


def _write(table: Table, snapshot: Snapshot, state: Item, condition: str, *, noting: bool) -> Item:
    """Set a state, and once and for all whose session it is; note its check when `noting`."""
    fixed = {name: value for name in _FIXED if (value := getattr(snapshot, name)) is not None}
    sets = [f"#{name} = :{name}" for name in state]
    sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in fixed]
    values: Item = {f":{name}": value for name, value in (state | fixed).items()} | {":one": 1}
    adds = "rev :one"
    if noting and snapshot.mark:
        adds += ", reports :mark"
        values[":mark"] = {snapshot.mark}
    expression = (f"SET {', '.join(sets)} " if sets else "") + f"ADD {adds}"
    names = {f"#{name}": name for name in state | fixed}
    return table.update(key(snapshot.id), expression, condition, values, names)


def _is_noted(item: Item, snapshot: Snapshot) -> bool:
    marks = item.get("reports", ())
    return snapshot.mark in marks if snapshot.certain else snapshot.report in completed_at(marks)


def may_ask_again(table: Table, item: Item, now: int) -> bool:
    """Take the turn to read an open session at Stripe, if it is time; one of several callers gets
    it. The pauses are 3, 6, 12 s and so on, for each session.
    """
    polls = item.get("polls", 0)
    if item.get("next_poll_at", 0) > now:
        return False
    values = {
        ":polls": polls + 1,
        ":next": now + FIRST_PAUSE * 2 ** min(polls, MOST_DOUBLINGS),
        ":now": now,
    }
    try:
        table.update(
            item["pk"],
            "SET polls = :polls, next_poll_at = :next",
            "attribute_not_exists(next_poll_at) OR next_poll_at <= :now",
            values,
        )
    except ConditionFailed:
        return False
    return True
