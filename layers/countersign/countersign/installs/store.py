"""What is stored of installations, in one table.

Item `account#acct_…` (`account#live#acct_…` in live mode): `user`, `installed_by`, `installed_at`
(the last callback), `confirmed` and `uninstalled` (moments, see `ordering`), what the holder has
set, and `rev`.
Item `holder#<hash of the user>`: an attribute for every account, named by its id, with the time of
the installation: the user's list, newest first, without an index.
Items `state#<hash>` and `pending#<hash>`: see `states`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.aws.changes import (
    Change,
    ConditionFailed,
    TransactionRefused,
    assigning,
)
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.installs import installation
from countersign.installs.installation import CONFIG, PAYEE, Installation, Installed
from countersign.problems import Problem, Unavailable
from countersign.stripe_api.event_order import moment, moment_time
from countersign.stripe_api.events import Outcome
from countersign.stripe_api.keys import deployment_is_live

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Held:
    """An account of somebody's list, and when it was installed (Unix seconds)."""

    installed_at: int
    account_id: str


def account_key(account_id: str) -> str:
    """Where an account's item of this deployment's mode is."""
    return installation.key(account_id, livemode=deployment_is_live())


def load(table: Table, account_id: str) -> Installation:
    """What is known of an account, perhaps nothing."""
    pk = account_key(account_id)
    return Installation(table.get(pk) or {"pk": pk})


def load_many(table: Table, account_ids: list[str]) -> dict[str, Installation]:
    """What is known of up to 100 accounts, by account."""
    items = table.get_many([account_key(account_id) for account_id in account_ids])
    found = map(Installation, items.values())
    return {entry.account_id: entry for entry in found}


def held_by(table: Table, user: str) -> list[Held]:
    """The accounts that a user ever installed on; others may hold them by now."""
    item = table.get(_holder_key(user)) or {}
    return [Held(value, name) for name, value in item.items() if name != "pk"]


def connecting(stored: Installation, told: Installed) -> list[Change]:
    """The changes of a callback to the account and to the user's list, on the condition that the
    account's item is as it was read; none when it tells nothing new. Raises as `changes` does.
    """
    sets = installation.changes(stored, told)
    if sets is None:
        return []
    revision = stored.item.get("rev")
    clause, values, names = assigning(sets)
    names |= {f"#{name}": name for name in CONFIG}
    values |= {":one": 1}
    removed = ", ".join(f"#{name}" for name in CONFIG)
    condition = "attribute_not_exists(rev)"
    if revision is not None:
        condition, values[":rev"] = "rev = :rev", revision
    expression = f"{clause} REMOVE {removed} ADD rev :one"
    account = Change(account_key(told.account_id), expression, condition, values, names)
    names, values = {"#account": told.account_id}, {":at": told.at}
    return [account, Change(_holder_key(told.user), "SET #account = :at", "", values, names)]


def settle(
    table: Table, pks: list[str], decide: Callable[[dict[str, Item]], list[Change]], spent: Problem
) -> None:
    """Read items, decide what to change and change it, again while somebody else's writes come
    between. The first item is used once: `spent` is raised when another request has just used it.
    """
    for _ in range(_TRIES):
        changes = decide(table.get_many(pks))
        try:
            if changes:
                table.transact(changes)
        except TransactionRefused as refused:
            if pks[0] in refused.failed:
                raise spent from None
            continue
        return
    raise Unavailable("storage")


def confirm(table: Table, account_id: str, at: str) -> tuple[Outcome, Installation]:
    """Note that the app was authorised in our mode at a moment."""
    return _raise(table, account_id, "confirmed", at)


def uninstall(table: Table, account_id: str, at: str) -> tuple[Outcome, Installation]:
    """Note that the app was gone at a moment; what payers were shown goes with it, unless the
    account was installed again since. One write, a second only in that case.
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
        stored = Installation(failed.item or {"pk": account_key(account_id)})
        if stored.item.get("uninstalled", "") >= at:
            return _late(stored, "uninstalled", at), stored
        _, stored = _raise(table, account_id, "uninstalled", at)
        return "superseded", stored
    return "applied", Installation(item)


def _raise(table: Table, account_id: str, name: str, at: str) -> tuple[Outcome, Installation]:
    """Keep the later of two moments."""
    try:
        item = table.update(
            account_key(account_id),
            "SET #name = :at ADD rev :one",
            "attribute_not_exists(#name) OR #name < :at",
            {":at": at, ":one": 1},
            {"#name": name},
        )
    except ConditionFailed as failed:
        stored = Installation(failed.item or {"pk": account_key(account_id)})
        return _late(stored, name, at), stored
    return "applied", Installation(item)


def _late(stored: Installation, name: str, at: str) -> Outcome:
    return "duplicate" if stored.item.get(name) == at else "superseded"


def set_config(table: Table, held: Installation, sets: Item, removes: list[str]) -> Installation:
    """Change what the holder has set, while this very installation stands.

    Raises `ConditionFailed` when it has ended or begun anew meanwhile.
    """
    clause, values, names = assigning(sets)
    names |= {f"#{name}": name for name in removes}
    removed = f"REMOVE {', '.join(f'#{name}' for name in removes)}" if removes else ""
    expression = " ".join(part for part in (clause, removed, "ADD rev :one") if part)
    values |= {
        ":one": 1,
        ":user": held.user,
        ":at": held.installed_at,
        ":moment": moment(held.installed_at),
    }
    item = table.update(
        account_key(held.account_id),
        expression,
        "#user = :user AND installed_at = :at"
        " AND (attribute_not_exists(uninstalled) OR uninstalled < :moment)",
        values,
        names | {"#user": "user"},
    )
    return Installation(item)


def _holder_key(user: str) -> str:
    mode = "live#" if deployment_is_live() else ""
    return f"holder#{mode}{fingerprint(user)}"
