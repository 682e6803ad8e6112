"""An installation: who holds an account, since when, and whether it may still be used. Pure.

Stripe reports three facts, in any order and any number of times, each with its moment by Stripe's
clock: the app was installed through one of our links (the signature's `t`), the app is authorized
in this deployment's mode, and the app was uninstalled (an event's `created`). The latest moment of
each fact is stored, so what is stored does not depend on the order. An installation stands while it
is later than the latest uninstallation. Within one second the uninstallation wins
(docs/decisions.md#stripes-clock-orders-everything).
"""

import re
from typing import Any

from msgspec import Struct

from countersign.formats.records import Item
from countersign.installs.refusals import held_by_another_user, not_installed
from countersign.stripe_api.event_order import moment_time

SETTABLE = ("payee_name", "payee_origin", "checkout_origins", "clients")
"""The members that the holder sets. Each is stored beside the time of the callback that it was set
after (`payee_name_for`), so that an uninstallation that is reported late takes just what was set
before it.
"""
PROOF = ("payee_proven", "payee_proven_at", "payee_tried_at")
"""The payee origin that was proven, when, and when that was last tried again (Unix seconds, by our
clock).
"""
PROOF_SHOWN = 10 * 24 * 3600
"""Seconds for which a proof counts: it is renewed after a week, with three days to do so."""
LEARNED = ("country", "country_at", "country_tried_at", "permissions_missing", "checked_at")
"""What Stripe last said of the account and of the app's permissions, and when, by our clock."""
OF_ONE = (*SETTABLE, *(f"{name}_for" for name in SETTABLE), *PROOF, *LEARNED, "closing_at")
"""The attributes of one installation: the next one starts without them."""
ENDING = tuple(name for name in OF_ONE if name not in ("clients", "clients_for"))
"""The attributes that an uninstallation removes. `clients` stays until the next installation, so
that a client learns that the last one is over.
"""
ACCOUNT_ID = r"acct_[A-Za-z0-9_]{1,250}"
"""The shape of an account's id at Stripe."""
CLOSES_WITHIN = 60
"""Seconds that an uninstallation may take from when it began: longer than any request."""
NEVER = -1
"""A time before every other, in Unix seconds."""
_PREFIX = "account#"


class NewInstallation(Struct, frozen=True):
    """An installation that Stripe signed. `user` created the link, `installed_by` is Stripe's id of
    the person who installed the app (`usr_…`), `installed_at` is the signature's time (Unix
    seconds).
    """

    user: str
    account_id: str
    installed_by: str
    installed_at: int

    def to_item(self) -> Item:
        """Return the attributes that a new installation sets in the account's item."""
        return {
            "user": self.user,
            "installed_by": self.installed_by,
            "installed_at": self.installed_at,
        }


class Installation(Struct, frozen=True):
    """What is stored of an account. Every member but the account may be absent.

    `user` holds the account, or held it last; `None` when only Stripe has reported on it.
    `confirmed`, `uninstalled`, `unreachable` and `reached` are moments (see `event_order`): the
    last two say when Stripe refused us the account, and when it next answered. `country` is the
    account's at Stripe, `permissions_missing` what the merchant has yet to agree to, `closing_at`
    when its holder began to end it (Unix seconds), `rev` counts the writes, and `payee_version` the
    changes of the payee's name and origin.
    """

    account_id: str
    user: str | None = None
    installed_by: str | None = None
    installed_at: int = NEVER
    confirmed: str | None = None
    uninstalled: str | None = None
    payee_name: str | None = None
    payee_origin: str | None = None
    payee_proven: str | None = None
    payee_proven_at: int = NEVER
    payee_tried_at: int = NEVER
    checkout_origins: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    payee_version: int = 0
    country: str | None = None
    country_at: int = NEVER
    country_tried_at: int = NEVER
    permissions_missing: tuple[str, ...] = ()
    checked_at: int = NEVER
    unreachable: str | None = None
    reached: str | None = None
    closing_at: int = NEVER
    rev: int | None = None

    @classmethod
    def from_item(cls, item: Item) -> "Installation":
        """Return the record of an account's item."""
        return cls(
            account_id=str(item["pk"]).removeprefix(_PREFIX),
            user=item.get("user"),
            installed_by=item.get("installed_by"),
            installed_at=item.get("installed_at", NEVER),
            confirmed=item.get("confirmed"),
            uninstalled=item.get("uninstalled"),
            payee_name=_setting(item, "payee_name"),
            payee_origin=_setting(item, "payee_origin"),
            payee_proven=item.get("payee_proven"),
            payee_proven_at=item.get("payee_proven_at", NEVER),
            payee_tried_at=item.get("payee_tried_at", NEVER),
            checkout_origins=tuple(_setting(item, "checkout_origins") or ()),
            clients=tuple(_setting(item, "clients") or ()),
            payee_version=item.get("payee_version", 0),
            country=item.get("country"),
            country_at=item.get("country_at", NEVER),
            country_tried_at=item.get("country_tried_at", NEVER),
            permissions_missing=tuple(item.get("permissions_missing", ())),
            checked_at=item.get("checked_at", NEVER),
            unreachable=item.get("unreachable"),
            reached=item.get("reached"),
            closing_at=item.get("closing_at", NEVER),
            rev=item.get("rev"),
        )

    @property
    def id(self) -> str:
        """What tells this installation from earlier ones of the same account: when the latest
        uninstallation was, in Unix seconds, or `first`. Whatever belongs to one installation stores
        its id, and is as if it were not there once the standing installation has another.

        A second callback keeps it, and it does not depend on the order of events. Within one second
        the uninstallation wins, so two installations cannot have the same.
        """
        return str(self.uninstalled_at) if self.uninstalled else "first"

    @property
    def uninstalled_at(self) -> int:
        """When the app was last known to be uninstalled, in Unix seconds."""
        return _time(self.uninstalled)

    @property
    def stands(self) -> bool:
        """Whether a user holds the account now."""
        return self.user is not None and self.installed_at > self.uninstalled_at

    def is_closing(self, now: int) -> bool:
        """Whether its holder is ending it at this time (Unix seconds)."""
        return now < self.closing_at + CLOSES_WITHIN

    @property
    def is_confirmed(self) -> bool:
        """Whether Stripe has said, since the last uninstallation, that the app is authorized in
        this deployment's mode. The callback's own `livemode` proves nothing: it is not signed.
        """
        return self.stands and _time(self.confirmed) > self.uninstalled_at

    @property
    def unreachable_at(self) -> int:
        """When Stripe last refused us the account, in Unix seconds."""
        return _time(self.unreachable)

    @property
    def reached_at(self) -> int:
        """When Stripe first answered again, in Unix seconds."""
        return _time(self.reached)

    @property
    def reachable(self) -> bool:
        """Whether Stripe lets us act for the account, as far as we know: a refusal of the account
        may be due to a wrong key of ours, and is over at the next answer, or installation.
        """
        return self.unreachable_at <= max(self.reached_at, self.installed_at)

    @property
    def was_payee_proven(self) -> bool:
        """Whether the payee origin that is set now is the one that was proven, however long ago."""
        return self.payee_origin is not None and self.payee_proven == self.payee_origin

    def is_payee_proven(self, now: int) -> bool:
        """Whether the payee origin is proven, and was so lately."""
        return self.was_payee_proven and now - self.payee_proven_at < PROOF_SHOWN

    def payee(self, *, livemode: bool, now: int) -> tuple[str | None, str | None]:
        """Return the name and the origin that payers are shown. In live mode an origin is shown
        only while it is proven to be the merchant's.
        """
        is_shown = self.is_payee_proven(now) or not livemode
        return self.payee_name, self.payee_origin if is_shown else None

    def continues(self, earlier: "Installation") -> bool:
        """Return whether this is still the installation that was read earlier."""
        return self.user == earlier.user and earlier.installed_at > self.uninstalled_at

    def is_replaced_by(self, new: NewInstallation) -> bool:
        """Return whether a new installation takes the place of this one; `False` when it is not
        newer.

        Raises 409 `account_held_by_another_user`, and 409 `not_installed` for a new installation
        that is older than another user's, which has ended since.
        """
        is_holder = self.user in (None, new.user)
        if self.stands and not is_holder:
            raise held_by_another_user()
        if new.installed_at > self.installed_at:
            return True
        if not is_holder:
            raise not_installed()
        return False


def is_account_id(text: str) -> bool:
    """Return whether a text can be the id of an account."""
    return re.fullmatch(ACCOUNT_ID, text) is not None


def account_key(account_id: str) -> str:
    """Return the key of an account's item."""
    return f"{_PREFIX}{account_id}"


def _setting(item: Item, name: str) -> Any:
    """Return what a holder has set for the installation that stands; once none does, what was set
    for the last one, of which an uninstallation has left `clients` alone.
    """
    uninstalled, installed = _time(item.get("uninstalled")), int(item.get("installed_at", NEVER))
    if installed > uninstalled >= int(item.get(f"{name}_for", installed)):
        return None
    return item.get(name)


def _time(moment: str | None) -> int:
    return moment_time(moment) if moment else NEVER
