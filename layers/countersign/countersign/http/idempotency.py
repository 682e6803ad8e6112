"""`Idempotency-Key`: the same key and body give the same resource, for 24 hours.

A record holds a hash of the body and the id of the resource, and never a response, since responses
carry secrets: a repeated request gets fresh ones
(docs/decisions.md#idempotency-records-hold-no-response). Follows
https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
"""

import contextlib
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.table import Table
from countersign.problems import Problem, in_progress

Made = TypeVar("Made")

KEEP = 24 * 3600
"""Seconds for which a key is remembered."""
LOCK = 30
"""Seconds after which a request that never ended no longer holds its key."""


class IdempotencyKey(Struct, frozen=True):
    """A key as it was sent, with its caller, route and body."""

    user: str
    route: str
    key: str
    body: bytes

    @property
    def pk(self) -> str:
        """The key of its record. The parts are joined as JSON, so no part can imitate another."""
        scope = json.dumps([self.route, self.user, self.key]).encode()
        return f"idempotency#{hashlib.sha256(scope).hexdigest()}"

    @property
    def body_hash(self) -> str:
        """A hash that distinguishes bodies, keyed since a body may hold a guessable e-mail."""
        return hmac.digest(self.key.encode(), self.body, "sha256").hex()


def resource_of(table: Table, key: IdempotencyKey) -> str | None:
    """Return the id of the resource that was stored together with a key (`remember_change`), or
    `None`. Raises 409 `idempotency_key_reused` for another body.
    """
    record = table.get(key.pk)
    if record is None or record["expires_at"] <= int(time.time()):
        return None
    if record["body_hash"] != key.body_hash:
        raise _reused()
    return str(record["resource_id"])


def remember_change(key: IdempotencyKey, resource_id: str) -> Change:
    """Return the change that binds a key to a resource if it is bound to none. It belongs into the
    transaction that stores the resource, so that one of two requests is the first.
    """
    now = int(time.time())
    members = {
        "body_hash": key.body_hash,
        "resource_id": resource_id,
        "began_at": now,
        "expires_at": now + KEEP,
    }
    change = Change.create(key.pk, members)
    free = "attribute_not_exists(pk) OR #expires_at <= :began_at"
    return replace(change, condition=free)


def create_once(
    table: Table,
    key: IdempotencyKey | None,
    create: Callable[[], tuple[str, Made]],
    again: Callable[[str], Made],
) -> Made:
    """Return what `create` makes, once for each key, and what `again` returns for the id of that
    later. `create` returns the id as well. A caller that sent no key gets something new each time.

    Raises 409 `idempotency_key_reused` for another body, and 409 `request_in_progress` while the
    first request runs. A request that fails frees its key.
    """
    if key is None:
        return create()[1]
    claim = secrets.token_urlsafe(16)
    standing_for = _begin(table, key, claim)
    if standing_for is not None:
        return again(standing_for)
    try:
        resource_id, made = create()
    except BaseException:
        _free(table, key, claim)
        raise
    _finish(table, key, claim, resource_id)
    return made


def _begin(table: Table, key: IdempotencyKey, claim: str) -> str | None:
    """Take the key for this request alone, or return the id of its resource. Two requests may begin
    in one second, so what tells them apart is random.
    """
    now = int(time.time())
    record = {
        "pk": key.pk,
        "body_hash": key.body_hash,
        "claim": claim,
        "began_at": now,
        "expires_at": now + KEEP,
    }
    free = (
        "attribute_not_exists(pk) OR expires_at <= :now OR (attribute_not_exists(resource_id)"
        " AND began_at <= :abandoned AND body_hash = :body_hash)"
    )
    values = {":now": now, ":abandoned": now - LOCK, ":body_hash": key.body_hash}
    try:
        table.put(record, free, values)
    except ConditionFailed as failed:
        old = failed.item or {}
        if old.get("body_hash") != key.body_hash:
            raise _reused() from None
        if "resource_id" not in old:
            raise in_progress() from None
        return str(old["resource_id"])
    return None


def _reused() -> Problem:
    return Problem(
        409,
        "idempotency_key_reused",
        "This Idempotency-Key was used with another body before. Send a new key.",
    )


def _free(table: Table, key: IdempotencyKey, claim: str) -> None:
    """Free the key after a failure. If that fails too, it is free after `LOCK`."""
    with contextlib.suppress(ConditionFailed, Problem):
        table.delete(
            key.pk,
            "claim = :claim AND attribute_not_exists(resource_id)",
            {":claim": claim},
        )


def _finish(table: Table, key: IdempotencyKey, claim: str, resource_id: str) -> None:
    """Remember what was made, unless another request has taken the key."""
    with contextlib.suppress(ConditionFailed):
        table.update(
            key.pk,
            "SET resource_id = :resource_id",
            "claim = :claim",
            {":claim": claim, ":resource_id": resource_id},
        )
