"""Stripe's snapshot events, as far as every receiver of them needs.

Shape: https://docs.stripe.com/api/events/object. Members that we do not use are ignored, and values
that are new to us are kept as they are, since Stripe's enums are open.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_LATEST = 10**10

EventOutcome = Literal["applied", "duplicate", "superseded", "ignored"]
"""What became of an event, as the response to Stripe says: it was stored; it was stored before; it
is older than what is stored; or it does not concern this deployment.
"""


class MalformedEvent(ValueError):
    """The bytes are not a Stripe event."""


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """One event: `created` in Unix seconds, `account` the connected account where it happened."""

    id: str
    type: str
    created: int
    livemode: bool
    account: str | None
    object: dict[str, Any]


def parse_event(payload: bytes) -> StripeEvent | None:
    """Return the event of a signed payload, or `None` for a thin event (`v2.core.event`), which
    carries no state.

    Raises `MalformedEvent` for anything that is not an event.
    """
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedEvent("not JSON") from error
    if not isinstance(body, dict):
        raise MalformedEvent("not an object")
    if body.get("object") == "v2.core.event":
        return None
    data = body.get("data")
    event = StripeEvent(
        id=body.get("id", ""),
        type=body.get("type", ""),
        created=body.get("created", -1),
        livemode=body.get("livemode", ""),
        account=body.get("account"),
        object=data.get("object", "") if isinstance(data, dict) else {},
    )
    if body.get("object") != "event" or not isinstance(data, dict) or not _is_well_formed(event):
        raise MalformedEvent("not an event")
    return event


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
