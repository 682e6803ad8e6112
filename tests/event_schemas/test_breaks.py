"""Each change that a consumer would feel is found, and no other is."""

from dataclasses import dataclass, make_dataclass
from typing import Any, Literal

import pytest

from tests.event_schemas.shapes import ParcelData, Size, Stop, shape
from tools.event_schemas.breaks import find_breaks
from tools.event_schemas.json_schema import Schema, schema_of

PUBLISHED = schema_of(shape())
FIELDS: dict[str, Any] = {
    "status": Literal["sent", "lost"],
    "title": str,
    "weight": int,
    "stops": tuple[Stop, ...],
    "tags": tuple[str, ...],
    "size": Size | None,
    "labels": dict[str, str] | None,
    "until": int | None,
}


def made(**changes: Any) -> Schema:
    """The schema of the parcel with other fields; `None` leaves one out."""
    fields = {name: kind for name, kind in (FIELDS | changes).items() if kind is not None}
    return schema_of(shape(data=make_dataclass("ParcelData", fields.items())))


def changed(place: str, **members: Any) -> Schema:
    """The published schema with another member in its envelope."""
    properties = PUBLISHED["properties"]
    return PUBLISHED | {"properties": properties | {place: properties[place] | members}}


@dataclass(frozen=True)
class LongerStop:
    city: str
    note: str | None
    country: str


@dataclass(frozen=True)
class OtherStop:
    city: str


@dataclass(frozen=True)
class WiderSize:
    width: int | None


def test_the_same_fields_with_other_words_break_nothing() -> None:
    assert list(find_breaks(PUBLISHED, made())) == []
    assert list(find_breaks(PUBLISHED, PUBLISHED | {"description": "Else.", "examples": []})) == []


@pytest.mark.parametrize(
    "after",
    [made(new=str), made(new=int | None), made(stops=tuple[LongerStop, ...]),
     PUBLISHED | {"properties": PUBLISHED["properties"] | {"new": {"type": "string"}}}],
)  # fmt: skip
def test_a_new_member_breaks_nothing(after: Schema) -> None:
    assert list(find_breaks(PUBLISHED, after)) == []


def test_a_member_that_may_be_absent_may_come_to_be_always_there() -> None:
    before = PUBLISHED | {"required": PUBLISHED["required"][:-1]}
    assert list(find_breaks(before, PUBLISHED)) == []


@pytest.mark.parametrize(
    ("after", "message"),
    [(made(title=None), "detail.data.title is gone"),
     (made(title=None, name=str), "detail.data.title is gone"),
     (made(stops=tuple[OtherStop, ...]), "detail.data.stops[].note is gone"),
     (made(title=int), "detail.data.title: type was 'string' and is 'integer'"),
     (made(tags=tuple[int, ...]), "detail.data.tags[]: type was 'string' and is 'integer'"),
     (made(tags=str), "detail.data.tags: type was 'array' and is 'string'"),
     (made(title=str | None), "detail.data.title: has 2 types to choose from, and had 0"),
     (made(until=int), "detail.data.until: has 0 types to choose from, and had 2"),
     (made(until=str | None), "detail.data.until: type was 'integer' and is 'string'"),
     (made(size=WiderSize | None),
      "detail.data.size.width: has 2 types to choose from, and had 0"),
     (made(labels=dict[str, int] | None),
      "detail.data.labels: additionalProperties was {'type': 'string'} and is {'type': 'integer'}"),
     (made(status=Literal["sent", "lost", "found"]), "detail.data.status can be 'found' now"),
     (made(status=Literal["sent", "stolen"]), "detail.data.status is never 'lost' any more"),
     (made(status=str), "detail.data.status: is no longer one of a closed list of values"),
     (made(title=Literal["a", "b"]), "detail.data.title: is one of a closed list of values"),
     (changed("subject", pattern="^a"), "detail.subject: pattern was not stated and is '^a'"),
     (changed("revision", minimum=-1), "detail.revision: minimum was 0 and is -1"),
     (PUBLISHED | {"required": PUBLISHED["required"][1:]}, "detail.id may be absent now"),
     (PUBLISHED | {"additionalProperties": False},
      "detail: additionalProperties was not stated and is False")],
)  # fmt: skip
def test_a_change_that_a_consumer_would_feel_is_found_with_its_place(
    after: Schema, message: str
) -> None:
    assert message in list(find_breaks(PUBLISHED, after))


def test_each_member_that_is_dropped_from_a_published_event_is_found() -> None:
    for name in FIELDS:
        assert f"detail.data.{name} is gone" in list(find_breaks(PUBLISHED, made(**{name: None})))


def test_these_fields_are_those_of_the_published_event() -> None:
    assert ParcelData.__annotations__ == FIELDS
