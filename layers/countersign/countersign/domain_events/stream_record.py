"""A record of a table's stream, as a change of an item: what it was before, and what it is after.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import base64
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.aws.items import StoredForm
from countersign.formats.records import Item

RawRecord = Mapping[str, Any]
"""A record as Lambda hands it over: JSON, with binary values in base64."""


class ItemChange(Struct, frozen=True):
    """An item before and after a change; `None` where it was not there. `at` is in Unix seconds."""

    at: int
    before: Item | None
    after: Item | None


def read_change(record: RawRecord, form: StoredForm) -> ItemChange | None:
    """Return the change that a record tells of, or `None` if the item is of the other mode.

    Raises `LookupError`, `TypeError` or `ValueError` for a record without what each has.
    """
    change = record["dynamodb"]
    if not form.holds(change["Keys"]):
        return None
    kind = record["eventName"]
    before = None if kind == "INSERT" else form.plain(_decoded(change["OldImage"]))
    after = None if kind == "REMOVE" else form.plain(_decoded(change["NewImage"]))
    return ItemChange(int(change["ApproximateCreationDateTime"]), before, after)


def _decoded(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(typed) for name, typed in image.items()}


def _value(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a typed value with bytes for base64."""
    ((kind, value),) = typed.items()
    match kind:
        case "B":
            return {kind: base64.b64decode(value, validate=True)}
        case "L":
            return {kind: [_value(member) for member in value]}
        case "M":
            return {kind: _decoded(value)}
    return {kind: value}
