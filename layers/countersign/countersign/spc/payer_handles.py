"""A payer's handle at a merchant: what the merchant asks for confirmations with.

Each merchant has its own, so that nobody finds out who has a credential and no two merchants can
compare their payers by their handles. They can by the ids of the credentials, which SPC needs and
which are the same at every merchant.
"""

import contextlib
import re

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
from countersign.spc.payer_record import AN_HOUR, Payer, PayerStatus, payer_pk

_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")
_TRIES = 3


def handle_for(table: Table, user: str, account_id: str, installation: str, now: int) -> str:
    """Return the handle of this user at this installation of a merchant: the same each time, until
    it is ended. One that was suspended on a merchant's page becomes active again, since its owner
    asks.
    """
    for _ in range(_TRIES):
        known = allowed_merchants(table, user).get(account_id)
        if known is None:
            created = _create(table, Payer.new(user, account_id, installation, now))
            if created:
                return created
        elif _reactivate(table, known.handle, installation):
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


def end(table: Table, user: str, account_id: str, now: int) -> None:
    """End a user's handle at a merchant permanently; do nothing where there is none."""
    known = allowed_merchants(table, user).get(account_id)
    if known is not None:
        _set_status(table, known.handle, "ended", now)
        take_off_list(table, user, known)


def suspend(table: Table, handle: str, now: int) -> None:
    """Suspend a handle whose payer opted out on the merchant's page."""
    _set_status(table, handle, "suspended", now)


def use_change(handle: str, now: int) -> Change:
    """Return the change of a handle that a confirmation was given with, on the condition that it is
    active.
    """
    values = {":now": now, ":active": "active"}
    names = {"#status": "status"}
    return Change(payer_pk(handle), "SET last_used = :now", "#status = :active", values, names)


def count_wrong(table: Table, handle: str, now: int) -> None:
    """Count a wrong response of the payer, which their credential has genuinely signed."""
    pk, values = payer_pk(handle), {":one": 1, ":now": now, ":an_hour_ago": now - AN_HOUR}
    more = "ADD wrong :one", "wrong_since > :an_hour_ago", {**values}
    del more[2][":now"]
    first = "SET wrong = :one, wrong_since = :now", "wrong_since <= :an_hour_ago", values
    for change in (more, first, more):  # another request may have begun the hour in between
        with contextlib.suppress(ConditionFailed):
            table.update(pk, *change)
            return


def find(table: Table, handle: str, account_id: str, installation: str) -> Payer | None:
    """Return a handle that can be used at this installation; `None` for any other."""
    payer = known_at(table, handle, account_id, installation)
    return payer if payer is not None and payer.status == "active" else None


def known_at(table: Table, handle: str, account_id: str, installation: str) -> Payer | None:
    """Return a handle of this installation of a merchant, whether it can be used or not; `None` for
    any other. Merchants keep handles for years, so a handle is known without any of our keys, which
    roll.
    """
    payer = _load(table, handle) if _HANDLE.fullmatch(handle) else None
    if payer is None or (payer.account_id, payer.installation) != (account_id, installation):
        return None
    return payer


def _load(table: Table, handle: str) -> Payer | None:
    item = table.get(payer_pk(handle))
    return Payer.from_item(item) if item else None


def _create(table: Table, payer: Payer) -> str | None:
    """Store a new handle and return it; `None` where another request has just made one."""
    members = payer.to_item()
    create = Change.create(members.pop("pk"), members)
    merchant = AllowedMerchant(payer.created, payer.account_id, payer.handle)
    try:
        table.transact([create, list_change(payer.user, merchant)])
    except TransactionRefused:
        return None
    return payer.handle


def _reactivate(table: Table, handle: str, installation: str) -> bool:
    """Make a handle active, and return whether it can be: it was not ended, and is of this
    installation.
    """
    try:
        table.update(
            payer_pk(handle),
            "SET #status = :active",
            "installation = :installation AND #status <> :ended",
            {":active": "active", ":ended": "ended", ":installation": installation},
            {"#status": "status"},
        )
    except ConditionFailed:
        return False
    return True


def _set_status(table: Table, handle: str, status: PayerStatus, now: int) -> None:
    """Give a handle a status, unless it has ended."""
    with contextlib.suppress(ConditionFailed):
        table.update(
            payer_pk(handle),
            "SET #status = :status, status_at = :now ADD rev :one",
            "attribute_exists(pk) AND #status <> :ended",
            {":status": status, ":ended": "ended", ":now": now, ":one": 1},
            {"#status": "status"},
        )
