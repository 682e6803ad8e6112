"""The schema of an event says what its dataclass says, and leaves room for more members."""

from dataclasses import dataclass

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tests.event_schemas.shapes import EXAMPLE, ParcelData, shape
from tools.event_schemas.json_schema import schema_of

SCHEMA = schema_of(shape())
DATA = SCHEMA["properties"]["data"]


def test_a_schema_is_one_and_its_example_fits() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(SCHEMA["examples"][0])


def test_a_schema_names_event_version_and_meaning() -> None:
    assert SCHEMA["$id"] == "urn:countersign:parcel.sent:1"
    assert SCHEMA["title"] == "parcel.sent"
    assert SCHEMA["description"].startswith("A parcel left. Ignore members that you do not know")
    assert SCHEMA["properties"]["version"]["const"] == 1


def test_a_member_is_described_by_the_words_below_its_field() -> None:
    assert DATA["description"] == "A parcel as it is now."
    assert DATA["properties"]["status"]["description"] == "Where it is."


@dataclass(frozen=True)
class LateParcelData(ParcelData):
    """A parcel that is late."""

    late_by: int = 0
    """In seconds."""


def test_an_inherited_member_keeps_its_words() -> None:
    members = schema_of(shape(data=LateParcelData))["properties"]["data"]["properties"]
    assert members["status"]["description"] == "Where it is."
    assert members["late_by"]["description"] == "In seconds."


def test_parts_stand_where_they_are_used() -> None:
    assert "$ref" not in str(SCHEMA)
    assert DATA["properties"]["stops"]["items"]["properties"]["city"] == {"type": "string"}


def test_a_member_may_be_called_title() -> None:
    assert DATA["properties"]["title"] == {"type": "string"}


def test_a_member_with_a_default_is_always_there() -> None:
    assert set(DATA["required"]) == set(DATA["properties"])


def changed(**data: object) -> dict[str, object]:
    return EXAMPLE | {"data": EXAMPLE["data"] | data}


def test_a_member_that_a_later_release_adds_is_allowed_everywhere() -> None:
    later = changed(new=1, stops=[{"city": "Lyon", "note": None, "new": 1}]) | {"new": 1}
    Draft202012Validator(SCHEMA).validate(later)


@pytest.mark.parametrize(
    "wrong",
    [EXAMPLE | {"version": 2}, EXAMPLE | {"replayed": None}, EXAMPLE | {"revision": -1},
     {name: value for name, value in EXAMPLE.items() if name != "published_at"},
     changed(status="elsewhere"), changed(stops=[{"city": "Lyon"}]), changed(tags=[1])],
)  # fmt: skip
def test_what_the_dataclass_does_not_allow_does_not_fit(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(wrong)
