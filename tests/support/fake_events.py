"""Stripe's list of events in memory: the `StripeCalls` of reconciliation, with Stripe's limits."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from countersign.problems import Unavailable
from countersign.stripe_api.calls import (
    CLOCK_MARGIN,
    AccountUnreachable,
    PermissionMissing,
    StripeRefused,
    StripeResponse,
)
from tests.support.clock import Clock
from tests.support.stripe_objects import Object

KEPT = 30 * 24 * 3600
_FILTERS: dict[str, Callable[[int, int], bool]] = {
    "gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__,
}  # fmt: skip
_PARAMETERS = {"types", "created", "limit", "starting_after"}


class FakeEvents:
    """The events that `happened` returns, oldest first, as Stripe's list shows them: those of our
    own account without `account`, those of a connected one to who asks on its behalf. An event in
    `late` is listed only from that time on. `faults` are how the next calls fail.
    """

    def __init__(self, clock: Clock, happened: Callable[[], Iterable[Object]]) -> None:
        self.clock = clock
        self.happened = happened
        self.late: dict[str, int] = {}
        self.faults: deque[str] = deque()
        self.asked: list[Object] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def events(self, params: Object, account: str | None = None) -> StripeResponse:
        self.asked.append(params | {"account": account})
        began = self.clock()
        if self.faults:
            self._fail(self.faults.popleft())
        assert params.keys() <= _PARAMETERS, params
        names, limit = params["types"], params.get("limit", 10)
        if not 1 <= len(names) <= 20 or not 1 <= limit <= 100:
            raise StripeRefused(400, "types")
        listed = [self._shown(event) for event in self._listed(account)]
        after = params.get("starting_after")
        if after is not None and after not in [event["id"] for event in listed]:
            raise StripeRefused(400, "starting_after")
        wanted = [event for event in listed if event["type"] in names and _within(event, params)]
        if after is not None:
            place = [event["id"] for event in listed].index(after)
            wanted = [event for event in wanted if event in listed[place + 1 :]]
        self.meanwhile()
        body = {"object": "list", "data": wanted[:limit], "has_more": len(wanted) > limit}
        return StripeResponse(body, began - CLOCK_MARGIN, replayed=False)

    def _listed(self, account: str | None) -> list[Object]:
        """Newest first."""
        now = self.clock()
        found = [
            event
            for event in self.happened()
            if event.get("account") == account
            and now - KEPT <= event["created"] <= now
            and self.late.get(event["id"], 0) <= now
        ]
        # Within a second, whatever happened last is first.
        found.reverse()
        return sorted(found, key=lambda event: -int(event["created"]))

    def _shown(self, event: Object) -> Object:
        return {name: value for name, value in event.items() if name != "account"}

    def _fail(self, fault: str) -> None:
        failures: dict[str, Exception] = {
            "down": Unavailable("stripe"),
            "unreachable": AccountUnreachable(self.clock() - CLOCK_MARGIN),
            "unpermitted": PermissionMissing(),
            "broken": RuntimeError("a bug"),
        }
        if fault in failures:
            raise failures[fault]


def _within(event: Object, params: Object) -> bool:
    wanted: dict[str, Any] = params.get("created", {})
    return all(_FILTERS[name](event["created"], at) for name, at in wanted.items())
