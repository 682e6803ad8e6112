"""The slot of a user: what makes all requests of one user end with one session.

Item `slot#<hash of the user>`: `attempt` (which session of this user), `generation` (which try to
create it, part of the idempotency key), `create_params` (what the winner of the claim creates it
with), `claimed_at`, `return_token`, `return_url`, `checks` (marks of earlier sessions that still
count), `earlier` (the last of those sessions) and, once it is bound, `session_id`. It is free with
neither parameters nor a session.
"""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from countersign.aws.changes import ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table

EARLIER = 5
"""Sessions before the present one whose late events still count a check."""
OLD_CLAIM = 23 * 3600
"""Seconds after which a claim's idempotency key may be forgotten: Stripe keeps one for 24 hours."""

_UNCHANGED = "attempt = :attempt AND generation = :generation"


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as it is stored; times are Unix seconds of our clock and order nothing."""

    pk: str
    attempt: int = 1
    generation: int = 0
    create_params: dict[str, Any] | None = None
    claimed_at: int = 0
    return_token: str = ""
    return_url: str = ""
    checks: frozenset[str] = field(default_factory=frozenset)
    earlier: tuple[str, ...] = ()
    session_id: str | None = None

    def is_old(self, now: int) -> bool:
        """Whether creating again under the same key could make a second session."""
        return now - self.claimed_at > OLD_CLAIM


class SlotMoved(Exception):
    """Somebody else changed the slot first; it has to be read again."""


def slot_key(user: str) -> str:
    """Where a user's slot is."""
    return f"slot#{hashlib.sha256(user.encode()).hexdigest()}"


def load(table: Table, pk: str) -> Slot | None:
    """The slot, or `None` for a user who never began."""
    item = table.get(pk)
    return _slot(item) if item else None


def claim(table: Table, wanted: Slot) -> Slot:
    """Take a free slot; one that is taken is returned as it is."""
    try:
        table.put(_item(wanted), "attribute_not_exists(pk)")
    except ConditionFailed as failed:
        found = _slot(failed.item or {})
        if found.create_params is None and found.session_id is None:
            same = replace(
                wanted,
                attempt=found.attempt,
                generation=found.generation,
                checks=found.checks,
                earlier=found.earlier,
            )
            return _replace(table, found, same)
        return found
    return wanted


def advance(table: Table, ended: Slot, wanted: Slot) -> Slot:
    """Go on to the next attempt after a session that has ended."""
    earlier = (str(ended.session_id), *ended.earlier)[:EARLIER]
    return _replace(table, ended, replace(wanted, attempt=ended.attempt + 1, earlier=earlier))


def regenerate(table: Table, claimed: Slot, now: int) -> Slot:
    """Let the same attempt be created under a fresh idempotency key."""
    again = replace(claimed, generation=claimed.generation + 1, claimed_at=now)
    return _replace(table, claimed, again)


def release(table: Table, claimed: Slot) -> Slot:
    """Free a slot whose parameters Stripe refused, so that others may be tried."""
    freed = replace(claimed, generation=claimed.generation + 1, create_params=None)
    return _replace(table, claimed, freed)


def bind(table: Table, claimed: Slot, session_id: str) -> Slot:
    """The session of this attempt is this one; binding it again changes nothing."""
    condition = f"{_UNCHANGED} AND (attribute_not_exists(session_id) OR session_id = :session)"
    values = _version(claimed) | {":session": session_id}
    try:
        item = table.update(claimed.pk, "SET session_id = :session", condition, values)
    except ConditionFailed:
        raise SlotMoved from None
    return _slot(item)


def send_back_to(table: Table, bound: Slot, return_url: str) -> None:
    """Where the visitor goes on to after Stripe's page, which can not be changed at Stripe."""
    if return_url != bound.return_url:
        values = _version(bound) | {":url": return_url}
        try:
            table.update(bound.pk, "SET return_url = :url", _UNCHANGED, values)
        except ConditionFailed:
            raise SlotMoved from None


def _replace(table: Table, old: Slot, new: Slot) -> Slot:
    condition = _UNCHANGED
    for name in ("create_params", "session_id"):
        exists = "attribute_not_exists" if getattr(old, name) is None else "attribute_exists"
        condition += f" AND {exists}({name})"
    try:
        table.put(_item(new), condition, _version(old))
    except ConditionFailed:
        raise SlotMoved from None
    return new


def _version(slot: Slot) -> Item:
    return {":attempt": slot.attempt, ":generation": slot.generation}


def _item(slot: Slot) -> Item:
    item: Item = {
        "pk": slot.pk,
        "attempt": slot.attempt,
        "generation": slot.generation,
        "claimed_at": slot.claimed_at,
        "return_token": slot.return_token,
        "return_url": slot.return_url,
    }
    item |= {"create_params": slot.create_params} if slot.create_params else {}
    item |= {"session_id": slot.session_id} if slot.session_id else {}
    item |= {"earlier": list(slot.earlier)} if slot.earlier else {}
    return item | ({"checks": set(slot.checks)} if slot.checks else {})


def _slot(item: Item) -> Slot:
    sequences = {
        "checks": frozenset(item.get("checks", ())),
        "earlier": tuple(item.get("earlier", ())),
    }
    return Slot(**(item | sequences))
