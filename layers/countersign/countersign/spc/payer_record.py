"""What is stored of a payer's handle at a merchant. Pure.

Item `payer#<handle>`. A use of the handle adds `last_used`, which nothing reads yet.
"""

from dataclasses import dataclass
from typing import Literal, Self

from countersign.formats.records import Item

PayerStatus = Literal["active", "suspended", "ended"]
_PREFIX = "payer#"


@dataclass(frozen=True, slots=True)
class Payer:
    """A handle, whose it is and at which merchant, and since when (Unix seconds). Only an `active`
    one can be used.
    """

    handle: str
    user: str
    account_id: str
    status: PayerStatus
    created: int

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored handle."""
        return cls(
            handle=str(item["pk"]).removeprefix(_PREFIX),
            user=item["user"],
            account_id=item["account_id"],
            status=item["status"],
            created=item["created"],
        )

    def to_item(self) -> Item:
        """Return the item to store."""
        return {
            "pk": payer_pk(self.handle),
            "user": self.user,
            "account_id": self.account_id,
            "status": self.status,
            "created": self.created,
        }


def payer_pk(handle: str) -> str:
    """Return where a handle is stored."""
    return f"{_PREFIX}{handle}"
