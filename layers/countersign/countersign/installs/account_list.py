"""The list of a user's accounts.

Item `holder#<hash of the user>`: one attribute for each account, named by its id, with the time of
the installation. It is the user's list, newest first, without an index. Beyond 100 accounts it
loses the oldest that the user does not hold any more.
"""

from msgspec import Struct

from countersign.aws.changes import Change
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.installs.installation import NewInstallation, is_account_id
from countersign.installs.store import load_many

_LISTED = 100
"""Accounts of a user's list from which on it loses those that the user holds no more."""


class ListedAccount(Struct, frozen=True):
    """An account of a user's list, and when it was installed (Unix seconds)."""

    installed_at: int
    account_id: str


def load_list(table: Table, user: str) -> list[ListedAccount]:
    """Return the accounts that a user has connected. Other users may hold them by now."""
    item = table.get(_holder_key(user)) or {}
    return [ListedAccount(at, name) for name, at in item.items() if is_account_id(name)]


def listing_change(table: Table, new: NewInstallation) -> Change:
    """Return the change that lists an account as its user's, and lists those no more that make the
    list too long, on the condition that these are as they were read.
    """
    old = {f"old{place}": entry for place, entry in enumerate(_unlisted(table, new))}
    removed = f" REMOVE {', '.join(f'#{name}' for name in old)}" if old else ""
    return Change(
        _holder_key(new.user),
        f"SET #account = :at{removed}",
        " AND ".join(f"#{name} = :{name}" for name in old),
        {":at": new.installed_at} | {f":{name}": entry.installed_at for name, entry in old.items()},
        {"#account": new.account_id}
        | {f"#{name}": entry.account_id for name, entry in old.items()},
    )


def _unlisted(table: Table, new: NewInstallation) -> list[ListedAccount]:
    """Return what a user's list loses, the oldest first, so that it has no more than 100 accounts,
    or those that the user holds. It takes a read of 100 accounts, and more for who holds as many.
    """
    listed = [entry for entry in load_list(table, new.user) if entry.account_id != new.account_id]
    listed.sort(key=lambda entry: entry.installed_at)
    for start in range(0, len(listed) if len(listed) >= _LISTED else 0, _LISTED):
        entries = listed[start : start + _LISTED]
        known = load_many(table, [entry.account_id for entry in entries])
        held = {name for name, found in known.items() if found.stands and found.user == new.user}
        over = [entry for entry in entries if entry.account_id not in held]
        if over:
            return over[: len(listed) + 1 - _LISTED]
    return []


def _holder_key(user: str) -> str:
    return f"holder#{fingerprint(user)}"
