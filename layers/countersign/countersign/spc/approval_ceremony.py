"""What is stored of a browser that its owner is asked to approve. Pure."""

from dataclasses import dataclass
from typing import Self

from countersign.formats.records import Item
from countersign.spc.ceremony_record import Ceremony, common_item, common_members
from countersign.spc.protocol.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCeremony(Ceremony):
    """The question whether a browser of a credential is its owner's own. `credentials` are the ids
    of those that are asked: the owner's that know a trusted browser.
    """

    kind = "approval"
    credentials: tuple[str, ...]
    for_credential: str
    for_browser: str
    terms: Terms

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ceremony."""
        return cls(
            **common_members(item),
            credentials=tuple(item["credentials"]),
            for_credential=item["for_credential"],
            for_browser=item["for_browser"],
            terms=Terms.from_item(item["terms"]),
        )

    def to_item(self) -> Item:
        """Return the item of a ceremony that begins."""
        return common_item(self) | {
            "credentials": list(self.credentials),
            "for_credential": self.for_credential,
            "for_browser": self.for_browser,
            "terms": self.terms.to_item(),
        }
