"""An installation: who holds an account, since when, and whether we may still act for it. Pure.

Three things are told in any order and any number of times, each with its moment by Stripe's clock:
that the app was installed through a link of ours (the signature's `t`), that it is authorised in
our mode, and that it was uninstalled (an event's `created`). The latest of each is kept, so what is
stored does not depend on the order. An installation stands while it is later than the last word
that it is gone; of one second the uninstallation counts.
"""

from dataclasses import dataclass
from typing import Any

from countersign.installs.refusals import held_by_another, not_installed
from countersign.stripe_api.event_order import moment_time

PAYEE = ("payee_name", "payee_origin", "payee_proven", "checkout_origins")
"""What payers are shown; gone with the installation."""
CONFIG = (*PAYEE, "clients")
"""What the holder has set; a new installation starts without any of it. Who were clients is known
until then, so that they are told that it is over.
"""
_NEVER = -1

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Installed:
    """What a genuine callback tells: `user` began it, `installed_by` is Stripe's `usr_…`, `at` is
    the signature's time.
    """

    user: str
    account_id: str
    installed_by: str
    at: int


@dataclass(frozen=True, slots=True)
class Installation:
    """The stored item of an account, read; every member may be absent in it."""

    item: Item

    @property
    def account_id(self) -> str:
        """Stripe's id of the account."""
        return id_of(self.item)

    @property
    def user(self) -> str | None:
        """Who holds the account, or held it last; nobody when only Stripe has spoken of it."""
        return self.item.get("user")

    @property
    def installed_at(self) -> int:
        """When it was installed last; before everything if it never was."""
        return int(self.item.get("installed_at", _NEVER))

    @property
    def uninstalled_at(self) -> int:
        """When it was last known to be gone."""
        return _time(self.item.get("uninstalled"))

    @property
    def stands(self) -> bool:
        """Whether the account is held now."""
        return self.user is not None and self.installed_at > self.uninstalled_at

    @property
    def is_confirmed(self) -> bool:
        """Whether Stripe has said, for certain and since the last uninstallation, that the app is
        authorised in this deployment's mode: the callback's own word for the mode is not signed.
        """
        return self.stands and _time(self.item.get("confirmed")) > self.uninstalled_at

    @property
    def clients(self) -> list[str]:
        """The token subjects that may act for the account beside its holder, while it stands."""
        return list(self.item.get("clients", ()))

    def payee(self, *, livemode: bool) -> tuple[str | None, str | None]:
        """The name and the origin that payers are shown: in live mode an origin only once it is
        proven to be the merchant's.
        """
        origin = self.item.get("payee_origin")
        proven = origin is not None and self.item.get("payee_proven") == origin
        return self.item.get("payee_name"), origin if proven or not livemode else None

    @property
    def checkout_origins(self) -> list[str]:
        """The origins whose pages may ask payers for a confirmation."""
        return list(self.item.get("checkout_origins", ()))


def key(account_id: str, *, livemode: bool) -> str:
    """Where an account's item is: of each mode its own, so that a deployment which goes live holds
    nothing that was installed in test mode.
    """
    return f"account#live#{account_id}" if livemode else f"account#{account_id}"


def id_of(item: Item) -> str:
    """The account of a stored item."""
    return str(item["pk"]).rpartition("#")[2]


def changes(stored: Installation, told: Installed) -> Item | None:
    """What a callback sets in the account's item, whose `CONFIG` it removes; `None` when it tells
    nothing new.

    Raises 409 `account_held_by_another_user`; and 409 `not_installed` for a callback that is older
    than somebody else's installation which has ended since.
    """
    is_holder = stored.user in (None, told.user)
    if stored.stands and not is_holder:
        raise held_by_another()
    if told.at > stored.installed_at:
        return {"user": told.user, "installed_by": told.installed_by, "installed_at": told.at}
    if not is_holder:
        raise not_installed()
    return None


def view(installation: Installation, *, livemode: bool) -> Item:
    """An installation as its holder sees it; times are Unix seconds by Stripe's clock."""
    item, stands = installation.item, installation.stands
    origin = item.get("payee_origin")
    return {
        "account_id": installation.account_id,
        "installed_by": item["installed_by"],
        "livemode": livemode,
        "livemode_confirmed": installation.is_confirmed,
        "status": "installed" if stands else "uninstalled",
        "payee_name": item.get("payee_name"),
        "payee_origin": origin,
        "payee_verified": origin is not None and item.get("payee_proven") == origin,
        "checkout_origins": installation.checkout_origins,
        "clients": installation.clients if stands else [],
        "installed_at": installation.installed_at,
        "uninstalled_at": None if stands else installation.uninstalled_at,
    }


def _time(moment: str | None) -> int:
    return moment_time(moment) if moment else _NEVER
