"""Bind the slot of a user again, from what Stripe's metadata say of a session.

This is for a table that was lost: Stripe has every session with the attempt and generation that it
was created for, so that the user's latest session is found, and the next one gets the next number.
"""

import secrets

from msgspec import Struct
from msgspec.structs import replace

from countersign.aws.changes import ConditionFailed, set_clause
from countersign.aws.table import Table
from countersign.identity import slots
from countersign.identity.slots import EARLIER, Slot, SlotMoved

_TRIES = 5


class Numbered(Struct, frozen=True):
    """A session with the attempt and generation that it was created for, and its time."""

    session_id: str
    attempt: int
    generation: int
    created: int


def rebind_slot(table: Table, user: str, session: Numbered) -> bool:
    """Bind a session to the slot of its user, or note it as an earlier one; return whether the slot
    has changed. Sessions may come in any order. Raises `SlotMoved` while others keep changing it.
    """
    pk = slots.slot_key(user)
    for _ in range(_TRIES):
        stored = slots.load(table, pk)
        wanted = _with(stored or _free(pk), session)
        if wanted == stored:
            return False
        try:
            _replace(table, stored, wanted)
        except ConditionFailed:
            continue
        return True
    raise SlotMoved


def _free(pk: str) -> Slot:
    """Return the slot of a user of whom nothing is stored. Stripe's page of a session that is open
    returns to a handle that was lost with the table: its visitor sees our own page.
    """
    return Slot(pk, attempt=0, return_handle=secrets.token_urlsafe(32))


def _with(slot: Slot, session: Numbered) -> Slot:
    """Return a slot that knows this session: as its own if no later attempt is known. The number
    of a slot never falls: it is part of the key under which Stripe creates a session once.
    """
    known = [slot.session_id, *slot.earlier]
    if session.session_id in known:
        return slot
    number, latest = (session.attempt, session.generation), (slot.attempt, slot.generation)
    is_free = slot.session_id is None and slot.create_params is None
    if number < latest or (number == latest and not is_free):
        return replace(slot, earlier=(*slot.earlier, session.session_id)[:EARLIER])
    earlier = tuple(each for each in known if each)
    return replace(
        slot,
        attempt=session.attempt,
        generation=session.generation,
        session_id=session.session_id,
        create_params=None,
        claimed_at=session.created,
        earlier=earlier[:EARLIER],
    )


def _replace(table: Table, old: Slot | None, new: Slot) -> None:
    """Store a slot, on the condition that it is as it was read."""
    item = new.to_item()
    pk = item.pop("pk")
    removed = [name for name in ("create_params",) if name not in item]
    clause, values, names = set_clause(item, removed)
    if old is None:
        table.update(pk, clause, "attribute_not_exists(pk)", values, names)
        return
    condition = "#attempt = :was_attempt AND #generation = :was_generation AND " + (
        "#session_id = :was_session" if old.session_id else "attribute_not_exists(#session_id)"
    )
    values |= {":was_attempt": old.attempt, ":was_generation": old.generation}
    values |= {":was_session": old.session_id} if old.session_id else {}
    table.update(pk, clause, condition, values, names | {"#session_id": "session_id"})
