"""A domain event, and the form in which it goes onto the bus. Pure.

A subject's revisions rise with every event of it, so that a consumer who keeps the newest is right
whatever the order of arrival (docs/decisions.md#an-event-has-a-revision-and-not-a-place).
"""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SOURCE = "countersign"
REVISIONS = 10**12
"""Revisions of one epoch: an item's own stay far below."""


class DomainEvent(Struct, frozen=True):
    """What a change of a subject tells, or what is stored of it. `revision` is the item's own
    count, `occurred_at` is in Unix seconds, and `data` is the subject's present state.
    """

    type: str
    subject: str
    revision: int
    occurred_at: int
    data: "DataclassInstance"


def bus_revision(epoch: int, revision: int) -> int:
    """Return an item's revision as consumers see it. It rises even where a restored table has
    counted back, since each restore begins an epoch.
    """
    return epoch * REVISIONS + revision


def event_id(deployment: str, livemode: bool, subject: str, revision: int, type_: str) -> str:
    """Return the id of an event, the same whenever it is published; `revision` is the bus's."""
    parts = [deployment, livemode, subject, revision, type_]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def detail_of(
    event: DomainEvent,
    *,
    version: int,
    deployment: str,
    livemode: bool,
    epoch: int,
    published_at: int,
    replayed: bool,
) -> dict[str, Any]:
    """Return the `detail` of an event on the bus, as plain JSON. `version` is that of its type (see
    `catalog`), `published_at` is in Unix seconds, and `replayed` says that the event tells a
    present state once more.
    """
    revision = bus_revision(epoch, event.revision)
    return {
        "id": event_id(deployment, livemode, event.subject, revision, event.type),
        "version": version,
        "subject": event.subject,
        "livemode": livemode,
        "revision": revision,
        "replayed": replayed,
        "occurred_at": event.occurred_at,
        "published_at": published_at,
        "data": to_builtins(event.data),
    }
