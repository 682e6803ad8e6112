"""Kinds of event that only these tests have."""

from dataclasses import dataclass
from typing import Any, Literal

from tools.event_schemas.json_schema import Shape

EXAMPLE = {
    "id": "e1",
    "version": 1,
    "subject": "par_1",
    "livemode": False,
    "revision": 3,
    "replayed": False,
    "occurred_at": 1796000000,
    "published_at": 1796000001,
    "data": {
        "status": "sent",
        "title": "A book",
        "weight": 5,
        "stops": [{"city": "Lyon", "note": None}],
        "tags": ["fragile"],
        "size": {"width": 3},
        "labels": {"a": "b"},
        "until": None,
    },
}


@dataclass(frozen=True)
class Stop:
    """A place on the way."""

    city: str
    note: str | None


@dataclass(frozen=True)
class Size:
    width: int


@dataclass(frozen=True)
class ParcelData:
    """A parcel as it is now."""

    status: Literal["sent", "lost"]
    """Where it is."""
    title: str
    weight: int
    stops: tuple[Stop, ...]
    tags: tuple[str, ...] = ()
    size: Size | None = None
    labels: dict[str, str] | None = None
    until: int | None = None


def shape(
    type_: str = "parcel.sent", version: int = 1, data: type = ParcelData, **detail: Any
) -> Shape:
    return Shape(type_, version, data, "A parcel left.", EXAMPLE | {"version": version} | detail)
