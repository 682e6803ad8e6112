"""The schemas that ship: those that would be written, each with an example that it fits."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from countersign.domain_events.catalog import CATALOG
from tests.event_schemas.shapes import EXAMPLE, shape
from tests.support.event_schemas import (
    SCHEMAS,
    assert_matches_schema,
    find_unknown_members,
    read_schema,
)
from tools.event_schemas.__main__ import files, find_stale, main
from tools.event_schemas.json_schema import schema_of
from tools.event_schemas.shapes import read_shapes


def test_the_schemas_that_ship_are_those_that_would_be_written() -> None:
    assert list(find_stale(SCHEMAS, read_shapes())) == []


@pytest.mark.parametrize("name", CATALOG)
def test_an_example_has_every_member_of_its_event_and_fits_its_schema(name: str) -> None:
    schema = read_schema(name, CATALOG[name].version)
    Draft202012Validator.check_schema(schema)
    [example] = schema["examples"]
    assert_matches_schema({"source": "countersign", "detail-type": name, "detail": example})
    assert set(example["data"]) == set(schema["properties"]["data"]["properties"])


@pytest.mark.parametrize("name", CATALOG)
def test_every_part_of_a_schema_says_what_type_it_has(name: str) -> None:
    """What has no type would take anything, and its declaration could not be written."""
    assert untyped(read_schema(name, CATALOG[name].version)) == []


def untyped(schema: dict[str, object], place: str = "detail") -> list[str]:
    members = schema.get("properties", {})
    parts = schema.get("anyOf", [])
    assert isinstance(members, dict)
    assert isinstance(parts, list)
    found = [] if schema.keys() & {"type", "const", "enum", "anyOf"} else [place]
    found += [one for name, part in members.items() for one in untyped(part, f"{place}.{name}")]
    return found + [one for part in parts for one in untyped(part, place)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"revision": "5"}, "'5' is not of type 'integer'"),
     ({"more": 1}, "$: the schema does not name more"),
     ({"data": {"user_id": "user_42", "status": "verified", "error": None, "attempt": 1, "age": 3}},
      "$.data: the schema does not name age")],
)  # fmt: skip
def test_an_event_that_its_schema_does_not_describe_is_found(
    changes: dict[str, object], message: str
) -> None:
    [example] = read_schema("identity.verified", 1)["examples"]
    event = {"source": "countersign", "detail-type": "identity.verified"}
    assert_matches_schema(event | {"detail": example})
    with pytest.raises(AssertionError) as found:
        assert_matches_schema(event | {"detail": example | changes})
    assert message in str(found.value)


def test_an_unknown_member_is_found_within_lists_and_choices() -> None:
    data = EXAMPLE["data"] | {"stops": [{"city": "Lyon", "x": 1}], "size": {"width": 1, "y": 2}}
    assert list(find_unknown_members(schema_of(shape()), EXAMPLE | {"data": data})) == [
        "$.data.stops[0]: the schema does not name x",
        "$.data.size: the schema does not name y",
    ]


def test_what_is_written_is_checked_and_what_would_break_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"], tmp_path) == 1
    assert "out of date: run `make openapi`" in capsys.readouterr().err
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(files(read_shapes()))
    before = take_a_member_back(tmp_path / "identity.verified.v1.json")
    for arguments in ([], ["--check"]):
        assert main(arguments, tmp_path) == 1
        assert "detail.data.name is gone. This would break" in capsys.readouterr().err
    assert (tmp_path / "identity.verified.v1.json").read_text() == before


def take_a_member_back(path: Path) -> str:
    """Write a schema as if it had been published with one member more; return its text."""
    schema = json.loads(path.read_text())
    schema["properties"]["data"]["properties"]["name"] = {"type": "string"}
    path.write_text(json.dumps(schema))
    return path.read_text()
