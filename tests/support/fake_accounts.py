"""Connected accounts and the installs of our app in memory: the `StripeCalls` of install links."""

from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from countersign.installs.permissions import PERMISSIONS
from countersign.problems import Unavailable
from countersign.stripe_api.calls import (
    CLOCK_MARGIN,
    AccountUnreachable,
    PermissionMissing,
    StripeRefused,
    StripeResponse,
)
from tests.support.clock import Clock

Object = dict[str, Any]
Fault = Literal["down", "lost", "refused", "not_found", "unreachable", "unpermitted", "undated"]


class FakeAccounts:
    """`faults[call]` says how the next calls of a kind go wrong; `meanwhile` happens during the
    next call, before Stripe acts on it. `key_of` is the platform that our key belongs to, `own` the
    one that the app belongs to; merchants have agreed to `granted`.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[tuple[str, ...]] = []
        self.installed: dict[str, Object] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.meanwhile: Callable[[], object] | None = None
        self.own = self.key_of = "acct_platform"
        self.granted: tuple[str, ...] = PERMISSIONS
        self.country: str | None = "FR"
        self.page = 100

    # What the bundle requests.

    def account(self, account_id: str) -> StripeResponse:
        fault = self._begin("account", account_id)
        if self.key_of != self.own or account_id not in {
            install["account"] for install in self.installed.values()
        }:
            raise AccountUnreachable(self._moment(fault))
        return self._answer(self.details(account_id), fault)

    def platform(self) -> StripeResponse:
        return self._answer({"id": self.key_of, "object": "account"}, self._begin("platform"))

    def installs(self, app_id: str, account_id: str) -> StripeResponse:
        fault = self._begin("installs", app_id, account_id)
        if self.key_of != self.own:
            raise StripeRefused(
                400, "account"
            )  # "other lists only accept the authenticated account"
        wanted = {"app": app_id, "account": account_id}
        entries = [entry for entry in self.installed.values() if wanted.items() <= entry.items()]
        found = [entry | {"permissions_granted": list(self.granted)} for entry in entries]
        return self._answer({"object": "list", "data": found, "has_more": False}, fault)

    def all_installs(self, app_id: str, after: str | None) -> StripeResponse:
        fault = self._begin("all_installs", app_id)
        if self.key_of != self.own:
            raise StripeRefused(400, "account")
        found = [entry for entry in reversed(self.installed.values()) if entry["app"] == app_id]
        ids = [entry["id"] for entry in found]
        rest = found[ids.index(after) + 1 :] if after else found
        page = [entry | {"permissions_granted": list(self.granted)} for entry in rest[: self.page]]
        return self._answer(
            {"object": "list", "data": page, "has_more": len(rest) > self.page}, fault
        )

    def uninstall(self, install_id: str) -> StripeResponse:
        fault = self._begin("uninstall", install_id)
        if install_id not in self.installed:
            raise StripeRefused(404, "id")
        install = self.installed.pop(install_id)
        if fault == "lost":
            raise Unavailable("stripe")
        return self._answer(install | {"status": "uninstalling"}, fault)

    # What happens at Stripe by itself, or by the merchant.

    def install(self, account_id: str, app_id: str) -> str:
        """The merchant has installed an app of ours."""
        install_id = f"appinst_{len(self.calls)}_{len(self.installed)}_{account_id}"
        entry = {"id": install_id, "app": app_id, "account": account_id, "status": "installed"}
        self.installed[install_id] = entry
        return install_id

    def details(self, account_id: str) -> Object:
        """The account, as its holder may read it."""
        return {
            "id": account_id,
            "object": "account",
            "country": self.country,
            "business_profile": {"name": "Bakery"},
            "settings": {
                "dashboard": {"display_name": "Bäckerei am Markt"},
                "payments": {"statement_descriptor": "BAKERY", "statement_descriptor_kana": None},
            },
        }

    def forget(self, account_id: str) -> None:
        """The merchant has uninstalled our apps in the Dashboard."""
        for install_id, install in list(self.installed.items()):
            if install["account"] == account_id:
                del self.installed[install_id]

    def fails(self, call: str, *faults: Fault) -> None:
        """The next calls of this kind go wrong so, one after the other."""
        self.faults.setdefault(call, deque()).extend(faults)

    def called(self, name: str) -> int:
        """How often a kind of call was made."""
        return sum(call[0] == name for call in self.calls)

    def _begin(self, *call: str) -> Fault | None:
        self.calls.append(call)
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        waiting = self.faults.get(call[0])
        fault = waiting.popleft() if waiting else None
        if fault == "down":
            raise Unavailable("stripe")
        if fault == "refused":
            raise StripeRefused(400, None)
        if fault == "not_found":
            raise StripeRefused(404, None)
        if fault == "unreachable":
            raise AccountUnreachable(self._moment(fault))
        if fault == "unpermitted":
            raise PermissionMissing
        return fault

    def _answer(self, body: Object, fault: Fault | None) -> StripeResponse:
        return StripeResponse(dict(body), self._moment(fault), replayed=False)

    def _moment(self, fault: Fault | None) -> int | None:
        return None if fault == "undated" else self.clock() - CLOCK_MARGIN
