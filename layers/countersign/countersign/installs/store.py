"""What is stored of installations, in one table.

Item `account#acct_…`: see `installation.Installation`.
Item `holder#<hash of the user>`: see `account_list`.
Items `state#<hash>` and `pending#<hash>`: see `link_state` and `pending_installation`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused, set_clause
from countersign.aws.due_index import DAY, due_members
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.installs.installation import (
    ENDING,
    OF_ONE,
    SETTABLE,
    Installation,
    NewInstallation,
    account_key,
)
from countersign.problems import Unavailable
from countersign.stripe_api.event_order import moment, moment_time, outcome_of_late
from countersign.stripe_api.events import EventOutcome

_TRIES = 5

OneTime = TypeVar("OneTime")
"""The record of something that is used once: a state, or a confirmation."""


def load(table: Table, account_id: str) -> Installation:
    """Return what is known of an account, perhaps nothing."""
    return _installation(table.get(account_key(account_id)), account_id)


def load_many(table: Table, account_ids: list[str]) -> dict[str, Installation]:
    """Return what is known of up to 100 accounts, by account."""
    items = table.get_many([account_key(account_id) for account_id in account_ids])
    found = map(Installation.from_item, items.values())
    return {entry.account_id: entry for entry in found}


def account_change(stored: Installation, new: NewInstallation) -> Change:
    """Return the change of a callback to the account, on the condition that what was read is still
    so. While the app is installed, another callback of its holder takes nothing away. It is as good
    as a look at Stripe's list, which is the next day's.
    """
    # By installing the app, the merchant agrees to all that it asks for at that time.
    ended = ("permissions_missing", "checked_at") if stored.stands else OF_ONE
    pk, begun = account_key(new.account_id), max(new.installed_at, stored.uninstalled_at)
    clause, values, names = set_clause(new.to_item() | due_members(pk, begun + DAY), ended)
    condition = "attribute_not_exists(rev)" if stored.rev is None else "rev = :rev"
    if stored.rev is not None:
        values[":rev"] = stored.rev
    return Change(
        pk,
        f"{clause} ADD rev :one",
        condition,
        values | {":one": 1},
        names,
    )


def change_account_once(
    table: Table,
    account_id: str,
    pk: str,
    read: Callable[[Item], OneTime],
    decide: Callable[[OneTime | None, Installation], list[Change]],
) -> None:
    """Read an account and something that is used once, decide what to change, and change it in one
    transaction. When other requests have written either in between, all of it is done again: the
    same request twice at the same moment then reads as a repeated one.

    Raises what `decide` raises, and `Unavailable` when something changes under every try.
    """
    account_pk = account_key(account_id)
    for _ in range(_TRIES):
        items = table.get_many([pk, account_pk])
        once = read(items[pk]) if pk in items else None
        changes = decide(once, _installation(items.get(account_pk), account_id))
        try:
            if changes:
                table.transact(changes)
        except TransactionRefused:
            continue
        return
    raise Unavailable("storage")


def record_authorized(table: Table, account_id: str, at: str) -> tuple[EventOutcome, Installation]:
    """Record that the app was authorized in this deployment's mode at a moment."""
    return _keep_later(table, account_id, "confirmed", at)


def record_uninstalled(table: Table, account_id: str, at: str) -> tuple[EventOutcome, Installation]:
    """Record that the app was uninstalled at a moment. What payers are shown is removed as well,
    unless the app was installed again since. One write; a second only in that case. A day later
    Stripe's list is looked at once more.
    """
    clause, values, names = set_clause(
        {"uninstalled": at} | due_members(account_key(account_id), moment_time(at) + DAY), ENDING
    )
    try:
        item = table.update(
            account_key(account_id),
            f"{clause} ADD rev :one",
            "(attribute_not_exists(uninstalled) OR uninstalled < :uninstalled)"
            " AND (attribute_not_exists(installed_at) OR installed_at <= :time)",
            values | {":time": moment_time(at), ":one": 1},
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


def set_members(
    table: Table, installation: Installation, members: Mapping[str, Any]
) -> Installation:
    """Set what the holder decides, if the account is as it was read; `None` removes a member. The
    version of the payee rises with each change of the name and the origin that payers are shown.

    Raises `ConditionFailed` when the account has been written in the meantime.
    """
    sets = {name: value for name, value in members.items() if value is not None}
    stamps = {f"{name}_for": installation.installed_at for name in sets if name in SETTABLE}
    removed = [name for name in members if name not in sets]
    clause, values, names = set_clause(sets | stamps, removed)
    shown = {"payee_name": installation.payee_name, "payee_origin": installation.payee_origin}
    is_other_payee = any(members.get(name, value) != value for name, value in shown.items())
    item = table.update(
        account_key(installation.account_id),
        f"{clause} ADD rev :one, payee_version :raise",
        "rev = :rev",
        values | {":one": 1, ":raise": int(is_other_payee), ":rev": installation.rev},
        names,
    )
    return Installation.from_item(item)


def learn(table: Table, installation: Installation, members: Mapping[str, Any]) -> Installation:
    """Keep what is known of an account, such as Stripe's answers, with the installation that it is
    known of; `None` removes a member. Return what is stored, also when that is another installation
    by now.
    """
    sets = {name: value for name, value in members.items() if value is not None}
    clause, values, names = set_clause(sets, [name for name in members if name not in sets])
    try:
        item = table.update(
            account_key(installation.account_id),
            f"{clause} ADD rev :one",
            "installed_at = :at AND (attribute_not_exists(uninstalled) OR uninstalled < :moment)",
            values
            | {
                ":one": 1,
                ":at": installation.installed_at,
                ":moment": moment(installation.installed_at),
            },
            names,
        )
    except ConditionFailed as failed:
        return _installation(failed.item, installation.account_id)
    return Installation.from_item(item)


def _installation(item: Item | None, account_id: str) -> Installation:
    return Installation.from_item(item) if item else Installation(account_id)
