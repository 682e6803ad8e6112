"""A payer's handle at a merchant: what the merchant asks for confirmations with.

It is the merchant's own, so that nobody finds out who has a credential, and no two merchants can
compare their payers by it. By what they are given to ask a payer they can: SPC needs the ids of the
credentials, and these are the same at every merchant. Item `payer#<handle>`: `user`, `account_id`,
`status`, `created`. Item `payers-of#<hash of the user>`: for each merchant, named by its account,
since when and the handle.
"""

import contextlib
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.items import Item
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint
from countersign.http import paged_list
from countersign.problems import Problem, Unavailable

Status = Literal["active", "suspended", "ended"]
_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")
_TRIES = 3


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
        known = _allowed(table, user).get(account_id)
        if known is None:
            created = _create(table, user, account_id, now)
            if created:
                return created
        elif _set(table, known.handle, "active", unless="ended"):
            return known.handle
        else:
            _forget(table, user, known)
    raise Unavailable("storage")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A merchant of somebody's list, and since when (Unix seconds)."""

    created: int
    account_id: str
    handle: str


def _place(allowed: Allowed) -> tuple[int, str]:
    return allowed.created, allowed.account_id


def page_of(
    table: Table, user: str, cursor: str | None, limit: int
) -> tuple[list[Payer], str | None]:
    """One page of a user's handles, newest first, and the cursor of the next."""
    page, following = paged_list.page_of(_allowed(table, user).values(), _place, cursor, limit)
    items = table.get_many([_key(entry.handle) for entry in page])
    payers = [_payer(items[pk]) for entry in page if (pk := _key(entry.handle)) in items]
    return payers, following


def payer_at(table: Table, user: str, account_id: str) -> Payer | None:
    """A user's handle at one merchant, if there is one."""
    known = _allowed(table, user).get(account_id)
    item = table.get(_key(known.handle)) if known else None
    return _payer(item) if item else None


def end(table: Table, user: str, account_id: str) -> None:
    """End a user's handle at a merchant for good; nothing happens without one."""
    known = _allowed(table, user).get(account_id)
    if known is not None:
        _set(table, known.handle, "ended", unless="ended")
        _forget(table, user, known)


def suspend(table: Table, handle: str) -> None:
    """Suspend a handle, as its payer opted out on the merchant's page."""
    _set(table, handle, "suspended", unless="ended")


def using(handle: str, now: int) -> Change:
    """The change of a handle that a confirmation was given with, on the condition that it is
    active.
    """
    values = {":now": now, ":active": "active"}
    names = {"#status": "status"}
    return Change(_key(handle), "SET last_used = :now", "#status = :active", values, names)


def find(table: Table, handle: str, account_id: str) -> Payer | None:
    """A handle that is of use at this merchant; `None` for any other."""
    payer = known_at(table, handle, account_id)
    return payer if payer is not None and payer.status == "active" else None


def known_at(table: Table, handle: str, account_id: str) -> Payer | None:
    """A handle of this merchant's, of use or not; `None` for any other. Merchants keep handles for
    years, so no key of ours that is rolled may be needed to know one.
    """
    item = table.get(_key(handle)) if _HANDLE.fullmatch(handle) else None
    return _payer(item) if item is not None and item["account_id"] == account_id else None


def unknown_payer() -> Problem:
    """404: not a payer of this merchant (any more)."""
    return Problem(404, "unknown_payer", "There is no such payer of this merchant.")


def _allowed(table: Table, user: str) -> dict[str, Allowed]:
    """A user's merchants by account."""
    item = table.get(_owner_key(user)) or {}
    found = {}
    for name, value in item.items():
        if name != "pk":
            created, _, handle = value.partition(".")
            found[name] = Allowed(int(created), name, handle)
    return found


def _create(table: Table, user: str, account_id: str, now: int) -> str | None:
    """A new handle; `None` when another request has just made one."""
    handle = secrets.token_urlsafe(32)
    members = {"user": user, "account_id": account_id, "status": "active", "created": now}
    owner = Change(
        _owner_key(user),
        "SET #account = :handle",
        "attribute_not_exists(#account)",
        {":handle": f"{now}.{handle}"},
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


def _forget(table: Table, user: str, allowed: Allowed) -> None:
    with contextlib.suppress(ConditionFailed):
        table.update(
            _owner_key(user),
            "REMOVE #account",
            "#account = :handle",
            {":handle": f"{allowed.created}.{allowed.handle}"},
            {"#account": allowed.account_id},
        )


def _payer(item: Item) -> Payer:
    handle = str(item["pk"]).removeprefix("payer#")
    return Payer(handle, item["user"], item["account_id"], item["status"], item["created"])


def _key(handle: str) -> str:
    return f"payer#{handle}"


def _owner_key(user: str) -> str:
    return f"payers-of#{fingerprint(user)}"
