"""What is stored of a browser that its owner is asked to approve. Pure."""

from collections.abc import Mapping
from typing import Self

from countersign.formats.records import Item
from countersign.spc.ceremony_record import Ceremony, common_item, common_members
from countersign.spc.protocol.terms import Terms


class ApprovalCeremony(Ceremony, frozen=True, kw_only=True):
    """The question whether a browser of a credential is its owner's own. `credentials` are those
    that are asked, each with its counter at the beginning: the owner's that are trusted with
    anything in another browser.
    """

    kind = "approval"
    credentials: Mapping[str, int]
    for_credential: str
    for_browser: str
    terms: Terms

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ceremony."""
        return cls(
            **common_members(item),
            credentials=item["credentials"],
            for_credential=item["for_credential"],
            for_browser=item["for_browser"],
            terms=Terms.from_item(item["terms"]),
        )

    def to_item(self) -> Item:
        """Return the item of a ceremony that begins."""
        return common_item(self) | {
            "credentials": dict(self.credentials),
            "for_credential": self.for_credential,
            "for_browser": self.for_browser,
            "terms": self.terms.to_item(),
        }
