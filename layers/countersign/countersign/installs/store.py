"""What is stored of installations, in one table.

Item `account#acct_…`: see `installation.Installation`.
Item `holder#<hash of the user>`: one attribute for each account, named by its id, with the time of
the installation. It is the user's list, newest first, without an index.
Items `state#<hash>` and `pending#<hash>`: see `link_state` and `pending_installation`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused, set_clause
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.installs.installation import (
    CONFIG,
    PAYEE,
    Installation,
    NewInstallation,
    account_key,
)
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.event_order import moment, moment_time, outcome_of_late
from countersign.stripe_api.events import EventOutcome

_TRIES = 5

OneTime = TypeVar("OneTime")
"""The record of something that is used once: a state, or a confirmation."""


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account of a user's list, and when it was installed (Unix seconds)."""

    installed_at: int
    account_id: str


def load(table: Table, account_id: str) -> Installation:
    """Return what is known of an account, perhaps nothing."""
    return _installation(table.get(account_key(account_id)), account_id)


def load_many(table: Table, account_ids: list[str]) -> dict[str, Installation]:
    """Return what is known of up to 100 accounts, by account."""
    items = table.get_many([account_key(account_id) for account_id in account_ids])
    found = map(Installation.from_item, items.values())
    return {entry.account_id: entry for entry in found}


def load_list(table: Table, user: str) -> list[ListedAccount]:
    """Return the accounts that a user ever connected. Other users may hold them by now."""
    item = table.get(_holder_key(user)) or {}
    return [ListedAccount(value, name) for name, value in item.items() if name != "pk"]


def installation_changes(stored: Installation, new: NewInstallation) -> list[Change]:
    """Return the changes of a new installation to the account and to the user's list, on the
    condition that the account's item is as it was read; none when it is not newer. Raises as
    `Installation.is_replaced_by` does.
    """
    if not stored.is_replaced_by(new):
        return []
    clause, values, names = set_clause(new.to_item(), CONFIG)
    condition = "attribute_not_exists(rev)" if stored.rev is None else "rev = :rev"
    if stored.rev is not None:
        values[":rev"] = stored.rev
    account = Change(
        account_key(new.account_id),
        f"{clause} ADD rev :one",
        condition,
        values | {":one": 1},
        names,
    )
    names, values = {"#account": new.account_id}, {":at": new.installed_at}
    return [account, Change(_holder_key(new.user), "SET #account = :at", "", values, names)]


def change_account_once(
    table: Table,
    account_id: str,
    pk: str,
    read: Callable[[Item], OneTime],
    decide: Callable[[OneTime | None, Installation], list[Change]],
    spent: Problem,
) -> None:
    """Read an account and something that is used once, decide what to change, and change it in one
    transaction; again while other requests write the account in between.

    Raises `spent` when another request has just used the item `pk`, and `Unavailable` when the
    account changes under every try.
    """
    account_pk = account_key(account_id)
    for _ in range(_TRIES):
        items = table.get_many([pk, account_pk])
        once = read(items[pk]) if pk in items else None
        changes = decide(once, _installation(items.get(account_pk), account_id))
        try:
            if changes:
                table.transact(changes)
        except TransactionRefused as refused:
            if pk in refused.failed:
                raise spent from None
            continue
        return
    raise Unavailable("storage")


def record_authorized(table: Table, account_id: str, at: str) -> tuple[EventOutcome, Installation]:
    """Record that the app was authorized in this deployment's mode at a moment."""
    return _keep_later(table, account_id, "confirmed", at)


def record_uninstalled(table: Table, account_id: str, at: str) -> tuple[EventOutcome, Installation]:
    """Record that the app was uninstalled at a moment. What payers are shown is removed as well,
    unless the app was installed again since. One write; a second only in that case.
    """
    names = {f"#{name}": name for name in PAYEE}
    try:
        item = table.update(
            account_key(account_id),
            f"SET uninstalled = :at REMOVE {', '.join(names)} ADD rev :one",
            "(attribute_not_exists(uninstalled) OR uninstalled < :at)"
            " AND (attribute_not_exists(installed_at) OR installed_at <= :time)",
            {":at": at, ":time": moment_time(at), ":one": 1},
            names,
        )
    except ConditionFailed as failed:
        stored = _installation(failed.item, account_id)
        if stored.uninstalled is not None and stored.uninstalled >= at:
            return outcome_of_late(at, stored.uninstalled), stored
        _, stored = _keep_later(table, account_id, "uninstalled", at)
        return "superseded", stored
    return "applied", Installation.from_item(item)


def _keep_later(
    table: Table, account_id: str, name: str, at: str
) -> tuple[EventOutcome, Installation]:
    """Store a moment unless a later one is stored."""
    try:
        item = table.update(
            account_key(account_id),
            "SET #name = :at ADD rev :one",
            "attribute_not_exists(#name) OR #name < :at",
            {":at": at, ":one": 1},
            {"#name": name},
        )
    except ConditionFailed as failed:
        item = failed.item or {}
        return outcome_of_late(at, item.get(name)), _installation(failed.item, account_id)
    return "applied", Installation.from_item(item)


def set_config(
    table: Table, installation: Installation, members: Mapping[str, Any]
) -> Installation:
    """Set what the holder decides, while this very installation stands; `None` removes a member.

    Raises `ConditionFailed` when the installation has ended, or was replaced, in the meantime.
    """
    sets = {name: value for name, value in members.items() if value is not None}
    clause, values, names = set_clause(sets, [name for name in members if name not in sets])
    values |= {
        ":one": 1,
        ":user": installation.user,
        ":at": installation.installed_at,
        ":moment": moment(installation.installed_at),
    }
    item = table.update(
        account_key(installation.account_id),
        f"{clause} ADD rev :one",
        "#user = :user AND installed_at = :at"
        " AND (attribute_not_exists(uninstalled) OR uninstalled < :moment)",
        values,
        names | {"#user": "user"},
    )
    return Installation.from_item(item)


def _installation(item: Item | None, account_id: str) -> Installation:
    return Installation.from_item(item) if item else Installation(account_id)


def _holder_key(user: str) -> str:
    return f"holder#{fingerprint(user)}"
