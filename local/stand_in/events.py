"""Snapshot events (docs.stripe.com/api/events/object): made with every change of an object."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import stripe

from local.stand_in import deliveries, lists
from local.stand_in.backend import DAY, Backend
from local.stand_in.ids import new_id
from local.stand_in.lists import Created

API_VERSION = stripe.api_version
TYPES: frozenset[str] = frozenset(get_args(stripe.Event.__annotations__["type"]))

_KEPT_FOR = 30 * DAY
_STORED_WITHIN = 60
"""Seconds within which an event is stored after the moment that it says."""


@dataclass(frozen=True)
class Cause:
    """The API request that an event comes from; both are None for what happens by itself."""

    request_id: str | None = None
    idempotency_key: str | None = None


AUTOMATIC = Cause()


@dataclass(frozen=True)
class Source:
    """The connected account that an event comes from, and the mode it happened in."""

    account: str
    livemode: bool


def emit(
    backend: Backend,
    type_: str,
    subject: dict[str, Any],
    cause: Cause,
    previous: dict[str, Any] | None = None,
) -> None:
    """Store an event of our own account and owe it to that account's endpoint.

    `subject` is the object after the change, `previous` the changed members before it.
    """
    data: dict[str, Any] = {"object": subject}
    if previous is not None:
        data["previous_attributes"] = previous
    event = _event(backend, type_, data, cause)
    backend.store.put("event", event["id"], event)
    deliveries.queue(backend, event, "account")


def emit_connected(
    backend: Backend,
    type_: str,
    subject: dict[str, Any],
    cause: Cause,
    source: Source,
    *,
    is_owed: bool = True,
) -> None:
    """Store an event of a connected account and owe it to the Connect endpoint
    (docs.stripe.com/connect/webhooks): the account is its top-level member `account`. One that the
    app must not see is in that account's list alone.
    """
    event = _event(backend, type_, {"object": subject}, cause)
    event.update(account=source.account, livemode=source.livemode)
    if not is_owed:
        event["pending_webhooks"] = 0
    backend.store.put("event", event["id"], event)
    if is_owed:
        deliveries.queue(backend, event, "connect")


def _event(backend: Backend, type_: str, data: dict[str, Any], cause: Cause) -> dict[str, Any]:
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": int(backend.now()),
        "data": data,
        "livemode": False,
        # A dropped event stands for one made while no endpoint was enabled: nothing is pending.
        "pending_webhooks": 0 if deliveries.mode(backend) == "drop" else 1,
        "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        "type": type_,
    }


def stored(
    backend: Backend, created: Created = None, account: str | None = None
) -> Iterator[dict[str, Any]]:
    """Return our own account's events of the last 30 days, newest first; with Stripe's filter
    `created`, those that pass it; with a connected account, those that happened there in test mode,
    which do not name it in its own list.
    """
    since, until = lists.bounds(created, backend.now() - _KEPT_FOR)
    for _, event in backend.store.newest_between("event", since, until + _STORED_WITHIN):
        is_listed = event["created"] >= since and event.get("account") == account
        if is_listed and not event["livemode"] and lists.within(event["created"], created):
            yield {name: value for name, value in event.items() if name != "account"}


def redact(backend: Backend, object_id: str, blank: dict[str, Any]) -> None:
    """Overwrite members of an object in every event that shows it."""
    for event in list(stored(backend)):
        if event["data"]["object"]["id"] != object_id:
            continue
        event["data"]["object"].update(blank)
        previous = event["data"].get("previous_attributes", {})
        previous.update({name: blank[name] for name in previous.keys() & blank.keys()})
        backend.store.put("event", event["id"], event)
