"""What is stored of a payer's handle at a merchant. Pure.

Item `payer#<handle>`. A use of the handle adds `last_used`, which nothing reads yet.
"""

import secrets
from typing import Literal, Self

from msgspec import Struct

from countersign.formats.records import Item

PayerStatus = Literal["active", "suspended", "ended"]
MOST_WRONG = 15
"""Genuinely signed wrong responses in an hour, after which the payer is not asked in its rest."""
AN_HOUR = 3600
_PREFIX = "payer#"


class Payer(Struct, frozen=True):
    """A handle, whose it is and at which installation of a merchant, and since when (Unix seconds).
    Only an `active` one can be used, and only at the same installation.

    `status_at` is when it was last suspended or ended, and `rev` counts these changes. `wrong`
    counts the wrong responses that were genuinely signed, within the hour that began with the first
    of them at `wrong_since`.
    """

    handle: str
    user: str
    account_id: str
    installation: str
    status: PayerStatus
    created: int
    wrong: int = 0
    wrong_since: int = 0
    status_at: int | None = None
    rev: int = 1

    @classmethod
    def new(cls, user: str, account_id: str, installation: str, now: int) -> Self:
        """Return a new handle of a user: 32 random bytes, which say nothing."""
        return cls(secrets.token_urlsafe(32), user, account_id, installation, "active", now)

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored handle."""
        return cls(
            handle=str(item["pk"]).removeprefix(_PREFIX),
            user=item["user"],
            account_id=item["account_id"],
            installation=item["installation"],
            status=item["status"],
            created=item["created"],
            wrong=item["wrong"],
            wrong_since=item["wrong_since"],
            status_at=item.get("status_at"),
            rev=item["rev"],
        )

    def to_item(self) -> Item:
        """Return the item to store."""
        return {
            "pk": payer_pk(self.handle),
            "user": self.user,
            "account_id": self.account_id,
            "installation": self.installation,
            "status": self.status,
            "created": self.created,
            "wrong": self.wrong,
            "wrong_since": self.wrong_since,
            "rev": self.rev,
        }

    def is_paused(self, now: int) -> bool:
        """Return whether the merchant may ask for nothing with the handle at this time, since too
        many responses were wrong.
        """
        return self.wrong >= MOST_WRONG and now < self.wrong_since + AN_HOUR


def payer_pk(handle: str) -> str:
    """Return where a handle is stored."""
    return f"{_PREFIX}{handle}"
