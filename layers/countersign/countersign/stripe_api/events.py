"""Stripe's events, as far as every receiver of them needs.

An event destination sends them in one of two styles, and people choose either: snapshot events
carry their object, thin events name it. Members that we do not use are ignored, and values that are
new to us are kept as they are, since Stripe's enums are open.
"""

import json
import re
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_LATEST = 10**10
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

EventOutcome = Literal["applied", "duplicate", "superseded", "ignored"]
"""What became of an event, as the response to Stripe says: it was stored; it was stored before; it
is older than what is stored; or it does not concern this deployment.
"""


class MalformedEvent(ValueError):
    """The bytes are not a Stripe event."""


class StripeEvent(Struct, frozen=True):
    """One event: `created` in Unix seconds, `account` the connected account where it happened.

    `object` is the object as it was then. Of a thin event it has only the `id` and the kind
    (`object`), so the object has to be read; `type` is that of the snapshot event.
    """

    id: str
    type: str
    created: int
    livemode: bool
    account: str | None
    object: dict[str, Any]
    is_thin: bool = False


def parse_event(payload: bytes) -> StripeEvent:
    """Return the event of a signed payload, in either of Stripe's two styles.

    Raises `MalformedEvent` for anything that is not an event.
    """
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedEvent("not JSON") from error
    return event_of(body)


def event_of(body: object) -> StripeEvent:
    """Return the event of a JSON value. Raises `MalformedEvent`."""
    if not isinstance(body, dict):
        raise MalformedEvent("not an object")
    read = {"event": _snapshot_event, "v2.core.event": _thin_event}.get(str(body.get("object")))
    event = read(body) if read else None
    if event is None or not _is_well_formed(event):
        raise MalformedEvent("not an event")
    return event


def _snapshot_event(body: dict[str, Any]) -> StripeEvent:
    """Return an event that carries its object: https://docs.stripe.com/api/events/object.

    It is rendered in the API version of the account where it happened, whatever the endpoint is
    pinned to, and before 2017-05-25 that account was called `user_id`
    (https://docs.stripe.com/upgrades#2017-05-25).
    """
    data, account = body.get("data"), body.get("account")
    return StripeEvent(
        id=body.get("id", ""),
        type=body.get("type", ""),
        created=body.get("created", -1),
        livemode=body.get("livemode", ""),
        account=body.get("user_id") if account is None else account,
        object=data.get("object", "") if isinstance(data, dict) else None,  # type: ignore[arg-type]
    )


def _thin_event(body: dict[str, Any]) -> StripeEvent:
    """Return an event that names its object: https://docs.stripe.com/event-destinations#thin-events.

    The context is the account, or a path that ends with it (`StripeContext` in Stripe's SDK).
    """
    type_, context, related = body.get("type", ""), body.get("context"), body.get("related_object")
    named = related if isinstance(related, dict) else {}
    return StripeEvent(
        id=body.get("id", ""),
        type=type_.removeprefix("v1.") if isinstance(type_, str) else type_,
        created=_seconds(body.get("created")),
        livemode=body.get("livemode", ""),
        account=(context.rpartition("/")[2] or None) if isinstance(context, str) else context,
        object={"id": named.get("id"), "object": named.get("type")},
        is_thin=True,
    )


def _seconds(text: object) -> int:
    """Return the whole Unix seconds of an RFC 3339 time, -1 for anything else."""
    if not isinstance(text, str) or not _RFC_3339.fullmatch(text):
        return -1
    try:
        return int(datetime.fromisoformat(text.upper()).timestamp())
    except (ValueError, OverflowError):
        return -1


def _is_well_formed(event: StripeEvent) -> bool:
    return (
        is_id(event.id)
        and isinstance(event.type, str)
        and 0 < len(event.type) <= 255
        and is_time(event.created)
        and isinstance(event.livemode, bool)
        and (event.account is None or is_id(event.account))
        and isinstance(event.object, dict)
    )


def is_id(value: object) -> bool:
    """Return whether a JSON value can be the id of a Stripe object."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_time(value: object) -> bool:
    """Return whether a JSON value is a time in Unix seconds that keeps its place in an `ord`."""
    return type(value) is int and 0 <= value < _LATEST


def is_text(value: object) -> bool:
    """Return whether a JSON value is text without lone surrogates, which JSON allows (RFC 8259,
    section 8.2).
    """
    if not isinstance(value, str):
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)
