"""JSON Schemas (2020-12) of the domain events, from the dataclasses that they are made of. Pure.

A schema describes `detail`. It is open: a consumer ignores members that it does not know, so that
members can be added. It states everything else exactly.
"""

from dataclasses import dataclass, is_dataclass
from functools import cache
from typing import Any

from pydantic import ConfigDict, create_model

Schema = dict[str, Any]
DataClass = type

_TELLS_NOTHING = ("title", "default")
_CONFIG = ConfigDict(
    use_attribute_docstrings=True,
    json_schema_serialization_defaults_required=True,
)
_OPEN = "Ignore members that you do not know: later ones may be added."
_ENVELOPE: Schema = {
    "id": {
        "type": "string",
        "description": "The event's own id. It is the same each time the event is published.",
    },
    "version": {"description": "The version of this schema."},
    "subject": {"type": "string", "description": "The id of what the event is about."},
    "livemode": {"type": "boolean", "description": "Whether it is Stripe's live mode."},
    "revision": {
        "type": "integer",
        "minimum": 0,
        "description": "Rises with each event of the subject. An event with a lower revision than "
        "one that you have seen is out of date: ignore it.",
    },
    "replayed": {
        "type": "boolean",
        "description": "Whether the present state is told again. Store it, and act on it only if "
        "it is new to you.",
    },
    "occurred_at": {"type": "integer", "description": "When it happened, in Unix seconds."},
    "published_at": {
        "type": "integer",
        "description": "When it was put on the bus, in Unix seconds.",
    },
    "data": {},
}


@dataclass(frozen=True)
class Shape:
    """A kind of event: its `detail-type`, its version, the dataclass of its `data`, its meaning in
    a sentence, and an example of its `detail`.
    """

    type: str
    version: int
    data: DataClass
    meaning: str
    example: Schema

    @property
    def data_name(self) -> str:
        """The name of the dataclass."""
        return self.data.__name__

    @property
    def file_name(self) -> str:
        """The name of the file that holds the schema."""
        return f"{self.type}.v{self.version}.json"


def schema_of(shape: Shape) -> Schema:
    """Return the schema of the `detail` of an event."""
    own = {"version": {"const": shape.version}, "data": _schema_of_data(shape.data)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:countersign:{shape.type}:{shape.version}",
        "title": shape.type,
        "description": f"{shape.meaning} {_OPEN}",
        "type": "object",
        "properties": {name: own.get(name, {}) | words for name, words in _ENVELOPE.items()},
        "required": list(_ENVELOPE),
        "examples": [shape.example],
    }


def _schema_of_data(data: DataClass) -> Schema:
    """Return the schema of a dataclass, with every part in its place."""
    found = _pydantic_schema(data)
    plain: Schema = _plain(found["properties"]["data"], found.get("$defs", {}))
    for base in filter(is_dataclass, data.__bases__):
        _describe(plain["properties"], _schema_of_data(base)["properties"])
    return plain


@cache
def _pydantic_schema(data: DataClass) -> Schema:
    """Return the schema as Pydantic makes it, which takes long; it is not to be changed."""
    whole = create_model("Whole", __config__=_CONFIG, data=(data, ...))
    return whole.model_json_schema(mode="serialization")


def _describe(members: Schema, inherited: Schema) -> None:
    """Give members the words of the class that they are inherited from, where they have none."""
    for name, member in inherited.items():
        if "description" in member:
            members[name].setdefault("description", member["description"])


def _plain(part: Any, parts: Schema) -> Any:
    """Return a part of a schema without references and without what tells a consumer nothing."""
    if isinstance(part, str):
        return " ".join(part.split())
    if isinstance(part, list):
        return [_plain(one, parts) for one in part]
    if not isinstance(part, dict):
        return part
    if reference := part.get("$ref"):
        target = parts[reference.removeprefix("#/$defs/")]
        return _plain(target, parts) | _plain({**part, "$ref": None}, parts)
    return {
        name: _members(value, parts) if name == "properties" else _plain(value, parts)
        for name, value in part.items()
        if name not in _TELLS_NOTHING and value is not None
    }


def _members(members: Schema, parts: Schema) -> Schema:
    """Return members, which may have any names, `title` among them."""
    return {name: _plain(member, parts) for name, member in members.items()}
