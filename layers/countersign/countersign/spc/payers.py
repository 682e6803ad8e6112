"""A payer's handle at a merchant: what the merchant asks for confirmations with.

It is the merchant's own, so that nobody finds out who has a credential, and no two merchants can
tell that they speak of one person. Item `payer#<handle>`: `user`, `account_id`, `status`,
`created`. Item `payers-of#<hash of the user>`: the handle at each merchant, named by its account.
"""

import contextlib
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from countersign.minted import fingerprint
from countersign.problems import Problem, Unavailable
from countersign.table import Change, ConditionFailed, Item, Table, TransactionRefused

Status = Literal["active", "suspended", "ended"]
_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")
_TRIES = 3
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Payer:
    """A handle, whose it is and at which merchant, since when (Unix seconds); only an `active` one
    is of use.
    """

    handle: str
    user: str
    account_id: str
    status: Status
    created: int


def handle_for(table: Table, user: str, account_id: str, now: int) -> str:
    """The handle of this user at this merchant: the same again, unless it was ended. One that was
    suspended on a merchant's page is active again, since its owner asks.
    """
    for _ in range(_TRIES):
        known = _handles(table, user).get(account_id)
        if known is None:
            created = _create(table, user, account_id, now)
            if created:
                return created
        elif _set(table, known, "active", unless="ended"):
            return known
        else:
            _forget(table, user, account_id, known)
    raise Unavailable("storage")


def payers_of(table: Table, user: str) -> list[Payer]:
    """The handles of a user, newest first."""
    handles = _handles(table, user).values()
    items = table.get_many([_key(handle) for handle in list(handles)[:_MOST_LISTED]])
    found = [_payer(item) for item in items.values() if item["status"] != "ended"]
    return sorted(found, key=lambda payer: (payer.created, payer.handle), reverse=True)


def end(table: Table, user: str, account_id: str) -> None:
    """End a user's handle at a merchant for good; nothing happens without one."""
    known = _handles(table, user).get(account_id)
    if known is not None:
        _set(table, known, "ended", unless="ended")
        _forget(table, user, account_id, known)


def suspend(table: Table, handle: str) -> None:
    """Suspend a handle, as its payer opted out on the merchant's page."""
    _set(table, handle, "suspended", unless="ended")


def find(table: Table, handle: str, account_id: str) -> Payer | None:
    """A handle that is of use at this merchant; `None` for any other. Merchants keep handles for
    years, so no key of ours that is rolled may be needed to know one.
    """
    if not _HANDLE.fullmatch(handle):
        return None
    item = table.get(_key(handle))
    if item is None or item["account_id"] != account_id or item["status"] != "active":
        return None
    return _payer(item)


def unknown_payer() -> Problem:
    """404: not a payer of this merchant (any more)."""
    return Problem(404, "unknown_payer", "There is no such payer of this merchant.")


def _handles(table: Table, user: str) -> dict[str, str]:
    """A user's handles by account."""
    item = table.get(_owner_key(user)) or {}
    return {name: value for name, value in item.items() if name != "pk"}


def _create(table: Table, user: str, account_id: str, now: int) -> str | None:
    """A new handle; `None` when another request has just made one."""
    handle = secrets.token_urlsafe(32)
    members = {"user": user, "account_id": account_id, "status": "active", "created": now}
    owner = Change(
        _owner_key(user),
        "SET #account = :handle",
        "attribute_not_exists(#account)",
        {":handle": handle},
        {"#account": account_id},
    )
    try:
        table.transact([Change.create(_key(handle), members), owner])
    except TransactionRefused:
        return None
    return handle


def _set(table: Table, handle: str, status: Status, *, unless: Status) -> bool:
    """Give a handle a status, unless it has a certain one; whether it was given."""
    try:
        table.update(
            _key(handle),
            "SET #status = :status",
            "attribute_exists(pk) AND #status <> :unless",
            {":status": status, ":unless": unless},
            {"#status": "status"},
        )
    except ConditionFailed:
        return False
    return True


def _forget(table: Table, user: str, account_id: str, handle: str) -> None:
    with contextlib.suppress(ConditionFailed):
        table.update(
            _owner_key(user),
            "REMOVE #account",
            "#account = :handle",
            {":handle": handle},
            {"#account": account_id},
        )


def _payer(item: Item) -> Payer:
    handle = str(item["pk"]).removeprefix("payer#")
    return Payer(handle, item["user"], item["account_id"], item["status"], item["created"])


def _key(handle: str) -> str:
    return f"payer#{handle}"


def _owner_key(user: str) -> str:
    return f"payers-of#{fingerprint(user)}"
