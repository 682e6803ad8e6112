"""What a credential in a browser is trusted for, and what is stored of it. Pure.

Item `trust#<credential>#<thumbprint of the browser's key>`, or `trust#<credential>#-` for the
credential itself, which is what counts in a browser that binds no key. It counts only while the
credential says that it is there (`has_trust` in `credential_record`): a credential or a browser
that comes back after a removal starts without it.
"""

from collections.abc import Mapping
from typing import Self

from msgspec import Struct

from countersign.formats.records import Item, from_members, to_members

MOST_ENTRIES = 50
"""Entries of one record; a further one takes the place of the oldest."""
_KEYLESS = "-"


class Scope(Struct, frozen=True):
    """What trust is asked about: one card (Stripe's fingerprint of it) at one installation of an
    account. Of a payment whose card is not known yet, `fingerprint` is `None`.
    """

    account_id: str
    installation: str
    fingerprint: str | None


class Entry(Struct, frozen=True):
    """A card at an installation, and since when it is trusted there (Unix seconds)."""

    account_id: str
    installation: str
    fingerprint: str
    since: int


class Trust(Struct, frozen=True):
    """The trust in a credential in one browser: `everywhere`, or for the cards of its entries. An
    entry is one per card and installation; the oldest comes first.
    """

    everywhere: bool = False
    entries: tuple[Entry, ...] = ()

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the trust of a stored record."""
        entries = tuple(from_members(Entry, entry) for entry in item["entries"])
        return cls(everywhere=item["everywhere"], entries=entries)

    def to_item(self) -> Item:
        """Return the attributes of the record, without its key."""
        return {
            "everywhere": self.everywhere,
            "entries": [to_members(entry) for entry in self.entries],
        }

    def __bool__(self) -> bool:
        """Whether anything is trusted."""
        return self.everywhere or bool(self.entries)

    def covers(self, scope: Scope) -> bool:
        """Return whether a payment is trusted. One whose card is not known is only where everything
        is: nobody can say that its card is one of those that are trusted.
        """
        return self.everywhere or any(_scope(entry) == scope for entry in self.entries)

    def joined(self, other: "Trust") -> "Trust":
        """Return this trust with all of another. Of the same card, the later entry stays, and of
        more than `MOST_ENTRIES` the latest.
        """
        ordered = sorted((*self.entries, *other.entries), key=lambda entry: entry.since)
        latest = {_scope(entry): entry for entry in ordered}
        entries = sorted(latest.values(), key=lambda entry: entry.since)
        return Trust(self.everywhere or other.everywhere, tuple(entries[-MOST_ENTRIES:]))

    def beyond(self, other: "Trust") -> "Trust":
        """Return what of this trust another does not have."""
        entries = [entry for entry in self.entries if not other.covers(_scope(entry))]
        return Trust(self.everywhere and not other.everywhere, tuple(entries))

    def standing(self, installations: Mapping[str, str]) -> "Trust":
        """Return what is left of this trust while these installations, by account, stand."""
        left = [
            entry
            for entry in self.entries
            if installations.get(entry.account_id) == entry.installation
        ]
        return Trust(self.everywhere, tuple(left))

    @property
    def accounts(self) -> list[str]:
        """The accounts at which any card is trusted, sorted."""
        return sorted({entry.account_id for entry in self.entries})


NOTHING = Trust()


def trust_pk(credential_id: str, key_id: str | None) -> str:
    """Return where the trust in a credential in a browser is stored, or in the credential itself
    without a browser's key.
    """
    return f"trust#{credential_id}#{key_id or _KEYLESS}"


def _scope(entry: Entry) -> Scope:
    return Scope(entry.account_id, entry.installation, entry.fingerprint)
