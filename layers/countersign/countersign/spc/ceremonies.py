"""The ceremonies: each is one question to one payer, which expires and is answered once.

A ceremony lasts `LIFETIME` seconds. Its challenge is derived from its id with the deployment's own
key and never stored.
"""

import contextlib
import hashlib
import re
from typing import TypeVar

from countersign.aws.changes import (
    Change,
    ConditionFailed,
    TransactionRefused,
    set_clause,
)
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import LENGTH, derive, mint
from countersign.crypto.token_keys import is_ours, token_keys
from countersign.http.idempotency import KEEP
from countersign.spc.ceremony_record import (
    LIFETIME as LIFETIME,
)
from countersign.spc.ceremony_record import (
    MOST_TRIES,
    Ceremony,
    CeremonyStatus,
    Kind,
    ceremony_pk,
)
from countersign.spc.protocol.refusals import Refused

REMEMBERED: dict[Kind, int] = {
    "payment": 30 * 24 * 3600,
    "registration": KEEP + LIFETIME,
    "approval": 24 * 3600,
}
"""Seconds that a ceremony is kept: a payment's verdict can be read for so long, and what came of a
registration for as long as an `Idempotency-Key` stands for it.
"""
PURPOSE, CHALLENGE = "spc ceremony", "spc challenge"
_ID = re.compile(f"[A-Za-z0-9_-]{{{LENGTH}}}")

_MAY_TRY = "#status = :pending AND tries < :most"
_TRY = "SET changed_at = :now ADD tries :one, rev :one"

AnyCeremony = TypeVar("AnyCeremony", bound=Ceremony)


def new_id() -> str:
    """Return the id of a ceremony that is about to begin."""
    return mint(PURPOSE, token_keys())


def begin(table: Table, ceremony: Ceremony) -> None:
    """Store a ceremony that begins."""
    table.put(_kept(ceremony), "attribute_not_exists(pk)")


def begin_change(ceremony: Ceremony) -> Change:
    """Return the change that stores a ceremony that begins."""
    members = _kept(ceremony)
    return Change.create(members.pop("pk"), members)


def _kept(ceremony: Ceremony) -> Item:
    """Return the item of a ceremony that begins, with the end of its keeping."""
    kept_until = ceremony.began_at + REMEMBERED[ceremony.kind]
    return ceremony.to_item() | {"expires_at": kept_until}


def challenges(ceremony_id: str) -> tuple[str, ...]:
    """Return the challenge (32 bytes, base64url) under each of our keys, the present one first."""
    return tuple(derive(CHALLENGE, [key], ceremony_id) for key in token_keys())


def load(table: Table, kind: type[AnyCeremony], ceremony_id: str) -> AnyCeremony:
    """Return a ceremony of this kind whose id one of our present keys has minted; raises 404
    `unknown_ceremony`, without a read where the id is not ours (see
    `docs/decisions.md#tokens-that-cost-no-read`).
    """
    if not is_ours(ceremony_id, PURPOSE):
        raise Refused("unknown_ceremony")
    return load_kept(table, kind, ceremony_id)


def load_kept(table: Table, kind: type[AnyCeremony], ceremony_id: str) -> AnyCeremony:
    """Return a ceremony to a caller who is known, whatever became of it: it outlives the key that
    its id was minted with. Raises 404 `unknown_ceremony`.
    """
    item = table.get(ceremony_pk(ceremony_id)) if _ID.fullmatch(ceremony_id) else None
    if item is None or item["kind"] != kind.kind:
        raise Refused("unknown_ceremony")
    return kind.from_item(item)


def check_waiting(ceremony: Ceremony, now: int) -> None:
    """Check that a ceremony may still be answered; raises 409 `ceremony_already_used` and 410
    `ceremony_expired`.
    """
    if ceremony.tries >= MOST_TRIES:
        raise Refused("ceremony_already_used")
    check_unanswered(ceremony, now)


def load_again(table: Table, kind: type[AnyCeremony], ceremony_id: str, now: int) -> AnyCeremony:
    """Return the ceremony that a repeated question has begun, if it may still be answered. Raises
    409 `ceremony_already_used` or `ceremony_expired` once it is over, so that nobody approves for
    nothing, and as `load` does.
    """
    ceremony = load(table, kind, ceremony_id)
    try:
        check_waiting(ceremony, now)
    except Refused as over:
        raise Refused(over.code, 409) from None
    return ceremony


def check_unanswered(ceremony: Ceremony, now: int) -> None:
    """Check that a ceremony was not answered rightly and has not ended, however often it was tried;
    raises as `check_waiting` does.
    """
    if ceremony.status != "pending":
        raise Refused("ceremony_already_used")
    if ceremony.ends_at <= now:
        raise Refused("ceremony_expired")


def finish_change(ceremony: Ceremony, result: Item, now: int) -> Change:
    """Return the change that stores the result of a ceremony and uses the ceremony up, if it may
    still be answered.
    """
    clause, values, names = set_clause({"status": "authenticated", "changed_at": now, **result})
    values |= {":pending": "pending", ":most": MOST_TRIES, ":now": now, ":one": 1}
    condition = "#status = :pending AND tries < :most AND ends_at > :now"
    names |= {"#status": "status"}
    return Change(ceremony.pk, f"{clause} ADD rev :one", condition, values, names)


def check_finished(refused: TransactionRefused, ceremony: Ceremony, now: int) -> None:
    """Raise as `check_waiting` does where a transaction was refused since its ceremony could not be
    finished at that time.
    """
    if ceremony.pk in refused.failed:
        stored = refused.failed[ceremony.pk]
        check_waiting(type(ceremony).from_item(stored) if stored else ceremony, now)
        raise Refused("ceremony_already_used")


def count_try(table: Table, ceremony: Ceremony, now: int) -> None:
    """Count a wrong response that knew the challenge; the last one ends the ceremony."""
    with contextlib.suppress(ConditionFailed):
        table.update(ceremony.pk, _TRY, _MAY_TRY, _try_values(now), {"#status": "status"})


def count_signed_try(table: Table, ceremony: Ceremony, signed: bytes, now: int) -> bool:
    """Count a wrong response as `count_try` does, whose credential has genuinely signed these
    bytes, and return whether they came for the first time: whoever has seen a response can send it
    again.
    """
    seen = f"wrong_{hashlib.sha256(signed).hexdigest()}"
    try:
        table.update(
            ceremony.pk,
            _TRY.replace("SET ", "SET #seen = :one, "),
            f"{_MAY_TRY} AND attribute_not_exists(#seen)",
            _try_values(now),
            {"#status": "status", "#seen": seen},
        )
    except ConditionFailed:
        count_try(table, ceremony, now)
        return False
    return True


def _try_values(now: int) -> Item:
    return {":one": 1, ":pending": "pending", ":most": MOST_TRIES, ":now": now}


def fail(table: Table, ceremony: Ceremony, now: int) -> None:
    """End a ceremony without a response."""
    end = void_change(ceremony, now)
    with contextlib.suppress(ConditionFailed):
        table.update(end.pk, end.expression, end.condition, end.values, end.names)


def void_change(ceremony: Ceremony, now: int) -> Change:
    """Return the change that ends a ceremony that nobody has answered yet."""
    values = {":failed": "failed", ":pending": "pending", ":now": now, ":one": 1}
    clause = "SET #status = :failed, changed_at = :now ADD rev :one"
    return Change(ceremony.pk, clause, "#status = :pending", values, {"#status": "status"})


def enough_change(ceremony_id: str) -> Change:
    """Return the condition that a payment's ceremony was answered, and suffices without a further
    proof.
    """
    values = {":authenticated": "authenticated", ":no": False}
    condition = "#status = :authenticated AND step_up_required = :no"
    return Change(ceremony_pk(ceremony_id), "", condition, values, {"#status": "status"})


def status_of(ceremony: Ceremony, now: int) -> CeremonyStatus:
    """Return the status at this time, which is also `expired`."""
    is_pending = ceremony.lasting_status == "pending"
    return "expired" if is_pending and ceremony.ends_at <= now else ceremony.lasting_status
