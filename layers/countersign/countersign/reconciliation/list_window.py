"""List the events of one window, oldest first."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from msgspec import Struct

from countersign.reconciliation.stripe_calls import MOST_TYPES, PAGE
from countersign.reconciliation.windows import MOST_PAGES, Window
from countersign.stripe_api.calls import StripeResponse
from countersign.stripe_api.events import is_time

EventObject = dict[str, Any]
GetPage = Callable[[dict[str, Any]], StripeResponse]


class Listed(Struct, frozen=True):
    """The events of a window, oldest first, on so many pages. `clock` is a lower bound of the
    moment at which they were listed, by Stripe's clock.
    """

    events: list[EventObject]
    pages: int
    clock: int | None


def list_window(window: Window, types: Collection[str], get_page: GetPage) -> Listed | None:
    """Return all events of these types in a window, or `None` if they are too many to be read at
    once and the window can be cut. Delivered or not: Stripe counts an event as undelivered while
    any endpoint lacks it, and never where no endpoint was enabled.
    """
    found: list[EventObject] = []
    pages, clock = 0, None
    for names in _named(types):
        for response in _pages(window, names, get_page):
            found += response.body["data"]
            pages += 1
            clock = response.not_before if pages == 1 else clock
            if pages > MOST_PAGES and window.length > 1:
                return None
    found.reverse()  # newest first as listed, and each list of types by itself
    found.sort(key=_created)
    return Listed(found, pages, clock)


def _created(event: EventObject) -> int:
    """Return when an event was created; one that does not say so comes first."""
    created: Any = event.get("created")
    return int(created) if is_time(created) else 0


def _named(types: Collection[str]) -> Iterator[list[str]]:
    names = sorted(types)
    for start in range(0, len(names), MOST_TYPES):
        yield names[start : start + MOST_TYPES]


def _pages(window: Window, names: list[str], get_page: GetPage) -> Iterator[StripeResponse]:
    created = {"gte": window.begin, "lt": window.end}
    params: dict[str, Any] = {"types": names, "created": created, "limit": PAGE}
    while True:
        response = get_page(params)
        yield response
        data = response.body["data"]
        if not response.body["has_more"] or not data:
            return
        params = params | {"starting_after": data[-1]["id"]}
