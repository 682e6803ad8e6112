"""The terms of one ceremony: what the payer is to be shown and to approve. Pure.

Every text is in the form in which a browser gives it back, so that checking is plain equality.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo of a payment entity (SPC, section 4.1.3)."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Total:
    """The amount as it is shown: a decimal string and an upper-case ISO 4217 code."""

    value: str
    currency: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the payer pays with (SPC, section 4.1.2); the icon is a URL, https or data."""

    display_name: str
    icon: str
    icon_must_be_shown: bool = True
    details: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms. Any one of the `challenges` is right: there are two while the key that they are
    derived with is rolled. `origins` may call; `top_origins` may be in the address bar meanwhile.
    """

    challenges: tuple[str, ...]
    rp_id: str
    origins: frozenset[str]
    top_origins: frozenset[str]
    payee_name: str | None
    payee_origin: str | None
    logos: tuple[Logo, ...]
    total: Total
    instrument: Instrument

    def to_item(self) -> dict[str, Any]:
        """Return the terms as they are stored: without the challenges, which never are."""
        item = asdict(self)
        del item["challenges"]
        return item | {
            "origins": sorted(self.origins),
            "top_origins": sorted(self.top_origins),
            "logos": [asdict(logo) for logo in self.logos],
        }

    @classmethod
    def from_item(cls, item: dict[str, Any], challenges: tuple[str, ...]) -> "Terms":
        """Return the stored terms with the ceremony's challenges."""
        return cls(
            challenges=challenges,
            rp_id=item["rp_id"],
            origins=frozenset(item["origins"]),
            top_origins=frozenset(item["top_origins"]),
            payee_name=item["payee_name"],
            payee_origin=item["payee_origin"],
            logos=tuple(Logo(**logo) for logo in item["logos"]),
            total=Total(**item["total"]),
            instrument=Instrument(**item["instrument"]),
        )
