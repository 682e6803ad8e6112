"""The slot of a user: what makes all requests of one user end with one session.

See docs/decisions.md#one-open-session-per-user. Every change is made on the condition that the slot
is as it was read, and raises `SlotMoved` otherwise.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from countersign.aws.changes import ConditionFailed
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.formats.records import from_members

EARLIER = 5
"""How many earlier sessions are remembered, whose late events still count a check."""
DAY = 24 * 3600
OLD_CLAIM = 23 * 3600
"""Seconds after which Stripe may forget a claim's idempotency key: it keeps one for 24 hours."""

_UNCHANGED = "attempt = :attempt AND generation = :generation"


class Slot(Struct, frozen=True):
    """A slot as it is stored, in the item `slot#<hash of the user>`.

    `attempt` numbers the user's sessions and `generation` the tries to create one; both are part of
    the idempotency key. `create_params` are what the winner of the claim creates the session with.
    `checks` are the marks of earlier sessions that still count, `earlier` the last of those
    sessions. A slot without parameters and without a session is free. `claimed_at` is in Unix
    seconds of our clock and orders nothing. `opened` counts the sessions of `day`, in days since
    1970 (UTC).
    """

    pk: str
    attempt: int = 1
    generation: int = 0
    create_params: dict[str, Any] | None = None
    claimed_at: int = 0
    return_handle: str = ""
    checks: frozenset[str] = field(default_factory=frozenset)
    earlier: tuple[str, ...] = ()
    session_id: str | None = None
    day: int = 0
    opened: int = 0

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Slot":
        """Return the record of an item."""
        sequences = {
            "checks": frozenset(item.get("checks", ())),
            "earlier": tuple(item.get("earlier", ())),
        }
        return from_members(cls, {**item, **sequences})

    def to_item(self) -> Item:
        """Return the whole item; what is empty has no attribute."""
        item: Item = {
            "pk": self.pk,
            "attempt": self.attempt,
            "generation": self.generation,
            "claimed_at": self.claimed_at,
            "return_handle": self.return_handle,
            "day": self.day,
            "opened": self.opened,
        }
        item |= {"create_params": self.create_params} if self.create_params else {}
        item |= {"session_id": self.session_id} if self.session_id else {}
        item |= {"earlier": list(self.earlier)} if self.earlier else {}
        return item | ({"checks": set(self.checks)} if self.checks else {})

    @property
    def latest_session_id(self) -> str | None:
        """The session of this attempt or, while it is being created, of the one before."""
        return self.session_id or next(iter(self.earlier), None)

    def opened_on(self, day: int) -> int:
        """Return how many sessions were opened on a day; only the latest day is known."""
        return self.opened if self.day == day else 0

    def is_old(self, now: int) -> bool:
        """Return whether creating again under the same key could make a second session."""
        return now - self.claimed_at > OLD_CLAIM


class SlotMoved(Exception):
    """Another request changed the slot first; it has to be read again."""


def slot_key(user: str) -> str:
    """Return the key of a user's slot, which does not reveal the user."""
    return f"slot#{fingerprint(user)}"


def load(table: Table, pk: str) -> Slot | None:
    """Return a slot, or `None` for a user who has never opened a session."""
    item = table.get(pk)
    return Slot.from_item(item) if item else None


def claim(table: Table, wanted: Slot) -> Slot:
    """Claim a free slot and return it; a slot that is taken is returned as it is."""
    try:
        table.put(wanted.to_item(), "attribute_not_exists(pk)")
    except ConditionFailed as failed:
        found = Slot.from_item(failed.item or {})
        if found.create_params is None and found.session_id is None:
            same = replace(
                wanted,
                attempt=found.attempt,
                generation=found.generation,
                checks=found.checks,
                earlier=found.earlier,
                opened=max(found.opened_on(wanted.day), 1),
            )
            return _replace(table, found, same)
        return found
    return wanted


def advance(table: Table, ended: Slot, wanted: Slot) -> Slot:
    """Move to the next attempt after a session that has ended."""
    earlier = (str(ended.session_id), *ended.earlier)[:EARLIER]
    opened = ended.opened_on(wanted.day) + 1
    following = replace(wanted, attempt=ended.attempt + 1, earlier=earlier, opened=opened)
    return _replace(table, ended, following)


def regenerate(table: Table, claimed: Slot, now: int) -> Slot:
    """Let the same attempt be created under a new idempotency key."""
    again = replace(claimed, generation=claimed.generation + 1, claimed_at=now)
    return _replace(table, claimed, again)


def release(table: Table, claimed: Slot) -> Slot:
    """Free a slot whose parameters Stripe refused, so that others can be tried."""
    freed = replace(claimed, generation=claimed.generation + 1, create_params=None)
    return _replace(table, claimed, freed)


def bind(table: Table, claimed: Slot, session_id: str) -> Slot:
    """Bind the session of this attempt; binding it again changes nothing."""
    condition = f"{_UNCHANGED} AND (attribute_not_exists(session_id) OR session_id = :session)"
    values = _version(claimed) | {":session": session_id}
    try:
        item = table.update(claimed.pk, "SET session_id = :session", condition, values)
    except ConditionFailed:
        raise SlotMoved from None
    return Slot.from_item(item)


def _replace(table: Table, old: Slot, new: Slot) -> Slot:
    condition = _UNCHANGED
    for name in ("create_params", "session_id"):
        exists = "attribute_not_exists" if getattr(old, name) is None else "attribute_exists"
        condition += f" AND {exists}({name})"
    try:
        table.put(new.to_item(), condition, _version(old))
    except ConditionFailed:
        raise SlotMoved from None
    return new


def _version(slot: Slot) -> Item:
    return {":attempt": slot.attempt, ":generation": slot.generation}
