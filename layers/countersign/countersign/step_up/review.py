"""The end of a review, as it is stored with its decision. Pure."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from countersign.formats.records import from_members, to_members

ReviewOutcome = Literal["proceed", "step_up", "decline"]


class Review(Struct, frozen=True):
    """What a review came to, in the reviewer's own words, and when (Unix seconds). The decision may
    still ask for more, since a review does not lower the floor. `by` is the pseudonym of who
    ended it, as it is in the log.
    """

    outcome: ReviewOutcome
    ended_at: int
    by: str
    note: str | None = None

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Review":
        """Return the stored review."""
        return from_members(cls, item)

    def to_item(self) -> dict[str, Any]:
        """Return what is stored."""
        return {name: value for name, value in to_members(self).items() if value is not None}

    def view(self) -> dict[str, Any]:
        """Return what the caller sees."""
        return {"outcome": self.outcome, "ended_at": self.ended_at, "note": self.note}
