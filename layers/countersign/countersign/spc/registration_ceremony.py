"""What is stored of a registration that has begun, and of what came of it. Pure."""

from typing import Self

from msgspec import Struct

from countersign.formats.records import Item, to_members
from countersign.spc.ceremony_record import Ceremony, common_item, common_members


class Registration(Struct, frozen=True):
    """What came of a registration; `browser_bound` says whether its browser is known now."""

    credential_id: str
    created: int
    backed_up: bool
    browser_bound: bool

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return what is stored of a registration with its ceremony."""
        return cls(
            credential_id=item["credential_id"],
            created=item["created"],
            backed_up=item["backed_up"],
            browser_bound=item["browser_bound"],
        )

    def to_item(self) -> Item:
        """Return what is stored of a registration with its ceremony."""
        return to_members(self)


class RegistrationCeremony(Ceremony, frozen=True, kw_only=True):
    """The question to create a credential, on a page at `origin` that pages at `top_origins` may
    frame: those of the merchant with `account_id`, as it is installed now; both are empty where
    nobody may. `known` are the ids of the user's credentials.

    `ticket` is the key of the ticket that it was begun with, and `identified` what that says.
    """

    kind = "registration"
    origin: str
    user_handle: str
    known: tuple[str, ...]
    top_origins: tuple[str, ...] = ()
    account_id: str = ""
    installation: str = ""
    ticket: str | None = None
    identified: bool = False
    registration: Registration | None = None

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ceremony."""
        return cls(
            **common_members(item),
            origin=item["origin"],
            user_handle=item["user_handle"],
            known=tuple(item["known"]),
            top_origins=tuple(item["top_origins"]),
            account_id=item["account_id"],
            installation=item["installation"],
            ticket=item["ticket"],
            identified=item["identified"],
            registration=Registration.from_item(item) if "credential_id" in item else None,
        )

    def to_item(self) -> Item:
        """Return the item of a ceremony that begins."""
        return common_item(self) | {
            "origin": self.origin,
            "user_handle": self.user_handle,
            "known": list(self.known),
            "top_origins": list(self.top_origins),
            "account_id": self.account_id,
            "installation": self.installation,
            "ticket": self.ticket,
            "identified": self.identified,
        }
