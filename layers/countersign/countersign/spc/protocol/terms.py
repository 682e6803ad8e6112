"""The terms of one ceremony: what the response must fit, and what the payer is shown. Pure.

Every text is in the form in which a browser gives it back, so that checking is plain equality.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from msgspec import Struct

from countersign.formats.records import from_members, to_members


class Logo(Struct, frozen=True):
    """A logo of a payment entity (SPC, section 4.1.3)."""

    url: str
    label: str


class Total(Struct, frozen=True):
    """The amount as it is shown: a decimal string and an upper-case ISO 4217 code."""

    value: str
    currency: str


class Instrument(Struct, frozen=True):
    """What the payer pays with (SPC, section 4.1.2); the icon is a URL, https or data."""

    display_name: str
    icon: str
    icon_must_be_shown: bool = True
    details: str | None = None


class Terms(Struct, frozen=True):
    """The terms of a confirmation. Any one of the `challenges` is right: there are two while the
    key that they are derived with is rolled. `origins` may call; `top_origins` may be in the
    address bar meanwhile.
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
        item = to_members(self)
        del item["challenges"]
        return item | {
            "origins": sorted(self.origins),
            "top_origins": sorted(self.top_origins),
            "logos": list(item["logos"]),
        }

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> "Terms":
        """Return the stored terms, without challenges."""
        return cls(
            challenges=(),
            rp_id=item["rp_id"],
            origins=frozenset(item["origins"]),
            top_origins=frozenset(item["top_origins"]),
            payee_name=item["payee_name"],
            payee_origin=item["payee_origin"],
            logos=tuple(from_members(Logo, logo) for logo in item["logos"]),
            total=from_members(Total, item["total"]),
            instrument=from_members(Instrument, item["instrument"]),
        )


class RegistrationTerms(NamedTuple):
    """The terms of a registration. Any one of the `challenges` is right, as in `Terms`; the page at
    `origin` may be framed by `top_origins`.
    """

    challenges: tuple[str, ...]
    rp_id: str
    origin: str
    top_origins: Collection[str]
