"""What is told of installations, and when. Pure.

An account tells nothing until a user has connected it. What Stripe's answers say of it otherwise,
its country and what the merchant has yet to agree to, tells nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from countersign.crypto.users import subject_of
from countersign.domain_events.domain_event import DomainEvent
from countersign.formats.records import Item
from countersign.installs.installation import Installation

AppType = Literal[
    "app.installed",
    "app.confirmed",
    "app.uninstalled",
    "app.unreachable",
    "app.settings_changed",
]
_PAYEE = ("payee_name", "payee_origin")
_SETTINGS = (*_PAYEE, "was_payee_proven", "checkout_origins", "clients")
_AS_SHOWN = {"was_payee_proven": "payee_verified"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """A merchant's account as it is now."""

    account_id: str
    user_id: str
    """Who holds the account, or held it last."""
    status: Literal["installed", "uninstalled"]
    installation: str | None
    """Tells this installation from earlier ones of the account: what belongs to one, such as payers
    and their confirmations, ends with it. Null while the app is not installed.
    """
    confirmed: bool
    """Whether Stripe has said that the app is installed in this mode. In live mode, nobody can act
    for the account before.
    """
    reachable: bool
    """Whether Stripe lets us act for the account, as far as we know."""
    payee_version: int
    """Rises when the name or the origin changes that payers are shown."""
    payee_verified: bool
    """Whether the origin that payers are shown was proven to be the merchant's."""
    checkout_origins: tuple[str, ...]
    clients: tuple[str, ...]
    """The subjects of the machine clients that may act for the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAccount(AccountState):
    """A merchant's account as it is now, and which of its settings have changed."""

    changed: tuple[str, ...]
    """The names of the settings: `payee_name`, `payee_origin`, `payee_verified`,
    `checkout_origins`, `clients`.
    """


def account_told(before: Item | None, after: Item | None, at: int) -> DomainEvent | None:
    """Return what a change of an account tells."""
    was, now = _held(before), _held(after)
    if now is None:
        return None
    if not now.stands:
        is_over = was is None or was.stands or was.user != now.user
        return _event("app.uninstalled", now, now.uninstalled_at) if is_over else None
    if was is None or not was.stands or was.id != now.id:
        return _event("app.installed", now, now.installed_at)
    if now.is_confirmed and not was.is_confirmed:
        return _event("app.confirmed", now, at)
    if was.reachable and not now.reachable:
        return _event("app.unreachable", now, now.unreachable_at)
    changed = tuple(_changed(was, now))
    return _settings_event(now, at, changed) if changed else None


def account_present(item: Item) -> DomainEvent | None:
    """Return what is so of an account now."""
    now = _held(item)
    if now is None:
        return None
    if not now.stands:
        return _event("app.uninstalled", now, now.uninstalled_at)
    if not now.reachable:
        return _event("app.unreachable", now, now.unreachable_at)
    return _event("app.installed", now, now.installed_at)


def _held(item: Item | None) -> Installation | None:
    """Return what is stored of an account that a user holds, or held."""
    installation = Installation.from_item(item) if item else None
    return installation if installation and installation.user is not None else None


def _changed(was: Installation, now: Installation) -> Iterator[str]:
    for name in _SETTINGS:
        if getattr(was, name) != getattr(now, name):
            yield _AS_SHOWN.get(name, name)


def _state(now: Installation) -> AccountState:
    return AccountState(
        account_id=now.account_id,
        user_id=subject_of(now.user or ""),
        status="installed" if now.stands else "uninstalled",
        installation=now.id if now.stands else None,
        confirmed=now.is_confirmed,
        reachable=now.stands and now.reachable,
        payee_version=now.payee_version,
        payee_verified=now.stands and now.was_payee_proven,
        checkout_origins=now.checkout_origins if now.stands else (),
        clients=now.clients if now.stands else (),
    )


def _settings_event(now: Installation, at: int, changed: tuple[str, ...]) -> DomainEvent:
    state = _state(now)
    members = {each.name: getattr(state, each.name) for each in fields(state)}
    data = ChangedAccount(**members, changed=changed)
    return DomainEvent("app.settings_changed", now.account_id, now.rev or 0, at, data)


def _event(type_: AppType, now: Installation, at: int) -> DomainEvent:
    return DomainEvent(type_, now.account_id, now.rev or 0, at, _state(now))
