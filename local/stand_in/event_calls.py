"""`/v1/events` (docs.stripe.com/api/events): the last 30 days."""

from typing import Any

from local.stand_in import access, events, expansions, lists
from local.stand_in.backend import Backend
from local.stand_in.calls import Call
from local.stand_in.errors import StripeError, no_such

URL = "/v1/events"

_MOST_TYPES = 20
_PERMISSION = "event_read"


def retrieve(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    access.check_permitted(backend, call.account, _PERMISSION)
    wanted = call.ids["event"]
    for event in events.stored(backend, account=call.account):
        if event["id"] == wanted:
            return event
    raise no_such("event", wanted, "id")


def list_all(backend: Backend, call: Call) -> dict[str, Any]:
    expansions.check(call.expand, expansions.NONE, restricted=call.restricted)
    access.check_permitted(backend, call.account, _PERMISSION)
    names, params = _names(call.params), call.params
    found = [
        event
        for event in events.stored(backend, params.get("created"), call.account)
        if (names is None or any(_matches(name, event["type"]) for name in names))
        and _delivered_as_wanted(event, params.get("delivery_success"))
    ]
    return lists.page(found, params, url=URL, noun="event")


def _names(params: dict[str, Any]) -> list[str] | None:
    """Return the event types asked for, None for all. Raises StripeError for one that does not
    exist.
    """
    if "type" in params and "types" in params:
        raise StripeError("You may pass either `type` or `types`, but not both.", param="types")
    names: list[str] | None = [params["type"]] if "type" in params else params.get("types")
    if names is None:
        return None
    if len(names) > _MOST_TYPES:
        raise StripeError(f"Up to {_MOST_TYPES} types can be given.", param="types")
    for name in names:
        if "*" not in name and name not in events.TYPES:
            raise StripeError(f"Invalid event type: {name[:80]}", param="type")
    return names


def _matches(name: str, type_: str) -> bool:
    return type_.startswith(name[:-1]) if name.endswith("*") else name == type_


def _delivered_as_wanted(event: dict[str, Any], success: bool | None) -> bool:
    return success is None or success == (event["pending_webhooks"] == 0)
