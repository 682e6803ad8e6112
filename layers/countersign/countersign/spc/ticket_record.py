"""What is stored of a registration ticket. Pure.

Item `ticket#<hash of the ticket>`: the ticket itself is not stored.
"""

from dataclasses import dataclass
from typing import Self

from countersign.formats.records import Item


@dataclass(frozen=True, slots=True)
class Ticket:
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
        return cls(
            pk=item["pk"],
            user=item["user"],
            account_id=item["account_id"],
            installation=item["installation"],
            identified=item["identified"],
            ends_at=item["ends_at"],
            requests=item["requests"],
            spent=item["spent"],
        )

    def to_item(self) -> Item:
        """Return the item of a ticket that nobody has used yet."""
        return {
            "pk": self.pk,
            "user": self.user,
            "account_id": self.account_id,
            "installation": self.installation,
            "identified": self.identified,
            "ends_at": self.ends_at,
            "requests": self.requests,
            "spent": self.spent,
        }
