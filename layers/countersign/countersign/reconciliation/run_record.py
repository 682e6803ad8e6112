"""A run that somebody called for: what it reads, and how far it is. Pure."""

from typing import Any, Literal

from msgspec import Struct

from countersign.formats.records import Item, from_members

KEEP = 30 * 24 * 3600
"""Seconds for which a run is kept."""
PAUSE = 10
"""Seconds for which a run that was cut short is left alone: Stripe may not answer at present."""

Status = Literal["running", "done", "failed"]


def run_key(run_id: str) -> str:
    """Return the key of a run's item."""
    return f"run#{run_id}"


class RunRecord(Struct, frozen=True):
    """A run over the events from `from_at` to `to_at` (Unix seconds), the latter excluded.

    `read_to` says how far our own account was read, `last_account` up to which connected account,
    in the order of their ids; `found` and `repaired` what was seen, and what of it had not been
    stored before. `interrupted_at` is when it was last cut short; until `claimed_until` an
    invocation is at it.
    """

    id: str
    from_at: int
    to_at: int
    read_to: int
    began_at: int
    status: Status = "running"
    found: int = 0
    repaired: int = 0
    ended_at: int | None = None
    last_account: str = ""
    interrupted_at: int | None = None
    claimed_until: int | None = None

    @classmethod
    def from_item(cls, item: Item) -> "RunRecord":
        """Return the record of a run's item."""
        return from_members(cls, item)

    def rests(self, now: int) -> bool:
        """Whether it was cut short and waits for its next turn, with nobody at it."""
        if self.status != "running" or self.interrupted_at is None:
            return False
        is_left = self.claimed_until is None or self.claimed_until < now
        return is_left and now >= self.interrupted_at + PAUSE

    def to_item(self) -> Item:
        """Return what is stored of a run that begins."""
        return {
            "id": self.id,
            "from_at": self.from_at,
            "to_at": self.to_at,
            "read_to": self.read_to,
            "began_at": self.began_at,
            "status": self.status,
            "found": self.found,
            "repaired": self.repaired,
            "expires_at": self.began_at + KEEP,
        }

    def view(self) -> dict[str, Any]:
        """Return the run as the operator sees it."""
        return {
            "id": self.id,
            "from": self.from_at,
            "to": self.to_at,
            "status": self.status,
            "found": self.found,
            "repaired": self.repaired,
            "read_to": self.read_to,
            "began_at": self.began_at,
            "ended_at": self.ended_at,
        }
