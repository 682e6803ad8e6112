"""The list of the merchants that a user has allowed to ask for confirmations.

Item `payers-of#<hash of the user>`: an attribute for each merchant, named by its account, with the
time at which the user allowed it and the handle: `<Unix seconds>.<handle>`.
"""

import contextlib

from msgspec import Struct

from countersign.aws.changes import Change, ConditionFailed
from countersign.aws.table import Table
from countersign.crypto.minted import fingerprint


class AllowedMerchant(Struct, frozen=True):
    """A merchant of a user's list, and since when it is on it (Unix seconds)."""

    created: int
    account_id: str
    handle: str

    @property
    def place(self) -> tuple[int, str]:
        """Where the merchant stands in the list."""
        return self.created, self.account_id

    @property
    def value(self) -> str:
        """What is stored under the account."""
        return f"{self.created}.{self.handle}"


def allowed_merchants(table: Table, user: str) -> dict[str, AllowedMerchant]:
    """Return the merchants that a user has allowed, by account."""
    item = table.get(_pk(user)) or {}
    found = {}
    for account_id, value in item.items():
        if account_id != "pk":
            created, _, handle = value.partition(".")
            found[account_id] = AllowedMerchant(int(created), account_id, handle)
    return found


def list_change(user: str, merchant: AllowedMerchant) -> Change:
    """Return the change that puts a merchant on a user's list, unless it is on it."""
    return Change(
        _pk(user),
        "SET #account = :handle",
        "attribute_not_exists(#account)",
        {":handle": merchant.value},
        {"#account": merchant.account_id},
    )


def take_off_list(table: Table, user: str, merchant: AllowedMerchant) -> None:
    """Take a merchant off a user's list, unless it is on it under another handle by now."""
    with contextlib.suppress(ConditionFailed):
        table.update(
            _pk(user),
            "REMOVE #account",
            "#account = :handle",
            {":handle": merchant.value},
            {"#account": merchant.account_id},
        )


def _pk(user: str) -> str:
    return f"payers-of#{fingerprint(user)}"
