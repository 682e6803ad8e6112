"""Compares domain events with the schemas that are published of them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "schemas"
Schema = dict[str, Any]


def assert_matches_schema(event: Mapping[str, Any]) -> None:
    """Assert that an event, with `source`, `detail-type` and `detail` as a rule on the bus delivers
    it, is what its schema says. A schema is open, for later versions; an event of today has no member
    that its schema does not name.
    """
    assert event["source"] == "countersign", event
    detail = event["detail"]
    schema = read_schema(event["detail-type"], detail["version"])
    faults = [
        *(
            f"{fault.json_path}: {fault.message}"
            for fault in _validator(schema).iter_errors(detail)
        ),
        *find_unknown_members(schema, detail),
    ]
    assert not faults, f"{event['detail-type']}: {faults}"


def read_schema(type_: str, version: int) -> Schema:
    """Return the published schema of a kind of event."""
    found: Schema = json.loads(_read(f"{type_}.v{version}.json"))
    return found


def find_unknown_members(schema: Schema, value: Any, place: str = "$") -> Iterator[str]:
    """Yield each member of a value that its schema does not name."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from find_unknown_members(schema.get("items", {}), one, f"{place}[{number}]")
    if not isinstance(value, dict):
        return
    # Of the types that a member may have, one at most is an object.
    of_object = [one for one in schema.get("anyOf", []) if one.get("type") == "object"]
    chosen = of_object[0] if of_object else schema
    if "properties" not in chosen:
        return
    for name, member in value.items():
        if name not in chosen["properties"]:
            yield f"{place}: the schema does not name {name}"
        else:
            yield from find_unknown_members(chosen["properties"][name], member, f"{place}.{name}")


@cache
def _read(name: str) -> str:
    return (SCHEMAS / name).read_text("utf-8")


def _validator(schema: Schema) -> Draft202012Validator:
    return Draft202012Validator(schema)
