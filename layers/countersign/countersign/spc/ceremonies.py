"""The ceremony: one question to one payer, which expires and is answered once.

Item `ceremony#<id>`: `kind`, `user`, `status`, `tries`, `began_at`, `ends_at`, and what its kind
needs. Its challenge is derived from the id with the deployment's own key and never stored.
"""

import contextlib
import re
from typing import Literal

from countersign.aws.changes import (
    Change,
    ConditionFailed,
    TransactionRefused,
    assigning,
)
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import LENGTH, derive, mint
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.http.idempotency import KEEP
from countersign.spc.protocol.refusals import Refused

PURPOSE, CHALLENGE = "spc ceremony", "spc challenge"
LASTS = 360
"""Seconds that a ceremony may take; the browser's own limit is the same."""
MOST_TRIES = 5
"""Wrong answers that knew the challenge, after which a ceremony is over."""
REMEMBERED = {"payment": 30 * 24 * 3600, "registration": KEEP + LASTS, "approval": 24 * 3600}
"""Seconds that a ceremony is kept: a payment's verdict can be read for so long, and what came of a
registration for as long as an `Idempotency-Key` stands for it.
"""
_ID = re.compile(f"[A-Za-z0-9_-]{{{LENGTH}}}")

Kind = Literal["payment", "registration", "approval"]


def begin(table: Table, kind: Kind, user: str, members: Item, now: int) -> str:
    """Store a ceremony and return its id."""
    ceremony_id = mint(PURPOSE, token_keys())
    item = {
        "pk": _key(ceremony_id),
        "kind": kind,
        "user": user,
        "status": "pending",
        "tries": 0,
        "began_at": now,
        "ends_at": now + LASTS,
        "expires_at": now + REMEMBERED[kind],
    }
    table.put(item | members, "attribute_not_exists(pk)")
    return ceremony_id


def challenges(ceremony_id: str) -> tuple[str, ...]:
    """The challenge (32 bytes, base64url) under each of our keys, the present one first."""
    return tuple(derive(CHALLENGE, [key], ceremony_id) for key in token_keys())


def load(table: Table, kind: Kind, ceremony_id: str) -> Item:
    """A ceremony of this kind whose id one of our present keys has made; raises `unknown_ceremony`,
    without a read for what is not ours.
    """
    if not is_ours(ceremony_id, PURPOSE):
        raise Refused("unknown_ceremony")
    return kept(table, kind, ceremony_id)


def kept(table: Table, kind: Kind, ceremony_id: str) -> Item:
    """A ceremony for a caller who is known, whatever became of it: it outlives the key of ours that
    its id was made with. Raises `unknown_ceremony`.
    """
    item = table.get(_key(ceremony_id)) if _ID.fullmatch(ceremony_id) else None
    if item is None or item["kind"] != kind:
        raise Refused("unknown_ceremony")
    return item


def waiting(item: Item, now: int) -> Item:
    """A ceremony that may still be answered; raises `ceremony_already_used` or
    `ceremony_expired`.
    """
    if item["tries"] >= MOST_TRIES:
        raise Refused("ceremony_already_used")
    return unanswered(item, now)


def unanswered(item: Item, now: int) -> Item:
    """A ceremony that was not answered rightly and has not ended, however often it was tried;
    raises as `waiting` does.
    """
    if item["status"] != "pending":
        raise Refused("ceremony_already_used")
    if item["ends_at"] <= now:
        raise Refused("ceremony_expired")
    return item


def finish(item: Item, sets: Item, now: int) -> Change:
    """The change that uses a ceremony up, if it may still be answered."""
    clause, values, names = assigning(sets)
    values |= {":pending": "pending", ":most": MOST_TRIES, ":now": now}
    condition = "#status = :pending AND tries < :most AND ends_at > :now"
    return Change(item["pk"], clause, condition, values, names | {"#status": "status"})


def check_finished(refused: TransactionRefused, item: Item, now: int) -> None:
    """Raise as `waiting` does where a transaction was refused since its ceremony could not be
    finished at that time.
    """
    if item["pk"] in refused.failed:
        waiting(refused.failed[item["pk"]] or item, now)
        raise Refused("ceremony_already_used")


def count_try(table: Table, item: Item) -> None:
    """Count a wrong answer that knew the challenge; the last one ends the ceremony."""
    with contextlib.suppress(ConditionFailed):
        table.update(
            item["pk"],
            "ADD tries :one",
            "#status = :pending AND tries < :most",
            {":one": 1, ":pending": "pending", ":most": MOST_TRIES},
            {"#status": "status"},
        )


def fail(table: Table, item: Item) -> None:
    """End a ceremony without an answer."""
    with contextlib.suppress(ConditionFailed):
        table.update(
            item["pk"],
            "SET #status = :failed",
            "#status = :pending",
            {":failed": "failed", ":pending": "pending"},
            {"#status": "status"},
        )


def status_of(item: Item, now: int) -> str:
    """`pending`, `authenticated`, `failed`, or `expired`."""
    if item["status"] == "pending" and item["tries"] >= MOST_TRIES:
        return "failed"
    if item["status"] == "pending" and item["ends_at"] <= now:
        return "expired"
    return str(item["status"])


def id_of(item: Item) -> str:
    """The id of a stored ceremony."""
    return str(item["pk"]).removeprefix("ceremony#")


def _key(ceremony_id: str) -> str:
    return f"ceremony#{ceremony_id}"
