"""What is stored of every ceremony. Pure.

Item `ceremony#<id>`, with more members for each kind: see `payment_ceremony`,
`registration_ceremony` and `approval_ceremony`. A ceremony's challenge is derived from its id and
never stored.
"""

from typing import Any, ClassVar, Literal, Self

from msgspec import Struct

from countersign.formats.records import Item

Kind = Literal["payment", "registration", "approval"]
StoredStatus = Literal["pending", "authenticated", "failed"]
CeremonyStatus = Literal[StoredStatus, "expired"]
"""The status at a time: a ceremony that was not answered expires."""
LIFETIME = 360
"""Seconds that a ceremony lasts. The browser's own limit, `timeout`, is the same."""
MOST_TRIES = 5
"""Wrong responses that knew the challenge, after which a ceremony is over."""
_PREFIX = "ceremony#"


class Ceremony(Struct, frozen=True, kw_only=True):
    """What every ceremony has. Times are Unix seconds; `tries` counts the wrong responses that knew
    the challenge. `rev` counts its changes, the last of them at `changed_at`.
    """

    kind: ClassVar[Kind]
    id: str
    user: str
    began_at: int
    ends_at: int
    status: StoredStatus = "pending"
    tries: int = 0
    changed_at: int | None = None
    rev: int = 1

    @property
    def pk(self) -> str:
        """Where the ceremony is stored."""
        return ceremony_pk(self.id)

    @property
    def lasting_status(self) -> StoredStatus:
        """The status, if no time passes: after the last try a ceremony has failed."""
        is_over = self.status == "pending" and self.tries >= MOST_TRIES
        return "failed" if is_over else self.status

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Return the record of a stored ceremony of this kind."""
        raise NotImplementedError

    def to_item(self) -> Item:
        """Return the item of a ceremony that begins."""
        raise NotImplementedError


def ceremony_pk(ceremony_id: str) -> str:
    """Return where a ceremony is stored."""
    return f"{_PREFIX}{ceremony_id}"


def common_members(item: Item) -> dict[str, Any]:
    """Return the members of a record that every kind has."""
    return {
        "id": str(item["pk"]).removeprefix(_PREFIX),
        "user": item["user"],
        "began_at": item["began_at"],
        "ends_at": item["ends_at"],
        "status": item["status"],
        "tries": item["tries"],
        "changed_at": item.get("changed_at"),
        "rev": item["rev"],
    }


def common_item(ceremony: Ceremony) -> Item:
    """Return the attributes of an item that every kind has."""
    return {
        "pk": ceremony.pk,
        "kind": ceremony.kind,
        "user": ceremony.user,
        "status": ceremony.status,
        "tries": ceremony.tries,
        "rev": ceremony.rev,
        "began_at": ceremony.began_at,
        "ends_at": ceremony.ends_at,
    }
