"""What is stored of a registration ticket. Pure.

Item `ticket#<hash of the ticket>`: the ticket itself is not stored.
"""

from typing import Self

from msgspec import Struct

from countersign.formats.records import Item, from_members, to_members


class Ticket(Struct, frozen=True):
    """Leave to register one credential of `user`, on our own page, which the checkout origins of
    `account_id` may frame, while this installation of the account lasts; both are empty where
    nobody may. A ticket counts until `ends_at` (Unix seconds) and until it is spent.

    `identified` says that the business has just identified this person. `requests` counts the
    registrations that were begun with it.
    """

    pk: str
    user: str
    account_id: str
    installation: str
    identified: bool
    ends_at: int
    requests: int = 0
    spent: bool = False

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ticket."""
        return from_members(cls, item)

    def to_item(self) -> Item:
        """Return the item of a ticket that nobody has used yet."""
        return to_members(self)
