"""A payer's handle at a merchant: what the merchant asks for confirmations with.

Each merchant has its own, so that nobody finds out who has a credential and no two merchants can
compare their payers by their handles. They can by the ids of the credentials, which SPC needs and
which are the same at every merchant.
"""

import re
import secrets

from countersign.aws.changes import Change, ConditionFailed, TransactionRefused
from countersign.aws.table import Table
from countersign.http import paged_list
from countersign.problems import Unavailable
from countersign.spc.allowed_merchants import (
    AllowedMerchant,
    allowed_merchants,
    list_change,
    take_off_list,
)
from countersign.spc.payer_record import Payer, PayerStatus, payer_pk

_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")
_TRIES = 3


def handle_for(table: Table, user: str, account_id: str, now: int) -> str:
    """Return the handle of this user at this merchant: the same each time, until it is ended. One
    that was suspended on a merchant's page becomes active again, since its owner asks.
    """
    for _ in range(_TRIES):
        known = allowed_merchants(table, user).get(account_id)
        if known is None:
            created = _create(table, user, account_id, now)
            if created:
                return created
        elif _set_status(table, known.handle, "active", unless="ended"):
            return known.handle
        else:
            take_off_list(table, user, known)
    raise Unavailable("storage")


def page_of(
    table: Table, user: str, cursor: str | None, limit: int
) -> tuple[list[Payer], str | None]:
    """Return one page of a user's handles, newest first, and the cursor of the next."""
    merchants = allowed_merchants(table, user).values()
    page, following = paged_list.page_of(merchants, lambda each: each.place, cursor, limit)
    pks = [payer_pk(merchant.handle) for merchant in page]
    items = table.get_many(pks)
    return [Payer.from_item(items[pk]) for pk in pks if pk in items], following


def payer_at(table: Table, user: str, account_id: str) -> Payer | None:
    """Return a user's handle at one merchant, if there is one."""
    known = allowed_merchants(table, user).get(account_id)
    return _load(table, known.handle) if known else None


def end(table: Table, user: str, account_id: str) -> None:
    """End a user's handle at a merchant permanently; do nothing where there is none."""
    known = allowed_merchants(table, user).get(account_id)
    if known is not None:
        _set_status(table, known.handle, "ended", unless="ended")
        take_off_list(table, user, known)


def suspend(table: Table, handle: str) -> None:
    """Suspend a handle whose payer opted out on the merchant's page."""
    _set_status(table, handle, "suspended", unless="ended")


def use_change(handle: str, now: int) -> Change:
    """Return the change of a handle that a confirmation was given with, on the condition that it is
    active.
    """
    values = {":now": now, ":active": "active"}
    names = {"#status": "status"}
    return Change(payer_pk(handle), "SET last_used = :now", "#status = :active", values, names)


def find(table: Table, handle: str, account_id: str) -> Payer | None:
    """Return a handle that can be used at this merchant; `None` for any other."""
    payer = known_at(table, handle, account_id)
    return payer if payer is not None and payer.status == "active" else None


def known_at(table: Table, handle: str, account_id: str) -> Payer | None:
    """Return a handle of this merchant, whether it can be used or not; `None` for any other.
    Merchants keep handles for years, so a handle is known without any of our keys, which roll.
    """
    payer = _load(table, handle) if _HANDLE.fullmatch(handle) else None
    return payer if payer is not None and payer.account_id == account_id else None


def _load(table: Table, handle: str) -> Payer | None:
    item = table.get(payer_pk(handle))
    return Payer.from_item(item) if item else None


def _create(table: Table, user: str, account_id: str, now: int) -> str | None:
    """Store and return a new handle; `None` where another request has just made one."""
    handle = secrets.token_urlsafe(32)
    members = Payer(handle, user, account_id, "active", now).to_item()
    create = Change.create(members.pop("pk"), members)
    listed = list_change(user, AllowedMerchant(now, account_id, handle))
    try:
        table.transact([create, listed])
    except TransactionRefused:
        return None
    return handle


def _set_status(table: Table, handle: str, status: PayerStatus, *, unless: PayerStatus) -> bool:
    """Give a handle a status, unless it has a certain one, and return whether it was given."""
    try:
        table.update(
            payer_pk(handle),
            "SET #status = :status",
            "attribute_exists(pk) AND #status <> :unless",
            {":status": status, ":unless": unless},
            {"#status": "status"},
        )
    except ConditionFailed:
        return False
    return True
