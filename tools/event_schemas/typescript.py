"""TypeScript declarations of the domain events, from their schemas. Pure."""

from collections.abc import Iterator, Sequence
from textwrap import indent, wrap
from typing import Any

from tools.event_schemas.json_schema import Schema, Shape, schema_of

_WIDTH = 92
_PLAIN = {"string": "string", "integer": "number", "boolean": "boolean", "null": "null"}
_HEAD = """// Written by `make openapi` from the types of the events. Do not edit it here.

/** A domain event of Countersign, as EventBridge delivers it. */
export interface BusEvent<Type extends string, Version extends number, Data> {
  version: string;
  id: string;
  source: "countersign";
  account: string;
  time: string;
  region: string;
  resources: string[];
  "detail-type": Type;
  detail: Detail<Version, Data>;
  /** Only where EventBridge replays it from an archive. */
  "replay-name"?: string;
}
"""


def declarations(shapes: Sequence[Shape]) -> str:
    """Return the declarations: interfaces of the data, a type for each event, and their union."""
    schemas = {shape.type: schema_of(shape) for shape in shapes}
    datas = _datas(shapes, schemas)
    return "\n".join(
        [
            _HEAD,
            _detail(schemas[shapes[0].type]),
            *(_interface(name, schema) for name, schema in datas.items()),
            *(_event(shape) for shape in shapes),
            _union(shapes),
        ]
    )


def _datas(shapes: Sequence[Shape], schemas: Schema) -> Schema:
    """Return the schemas of the data by the names of their dataclasses."""
    found: Schema = {}
    for shape in shapes:
        data = schemas[shape.type]["properties"]["data"]
        if found.setdefault(shape.data_name, data) != data:
            raise ValueError(f"two dataclasses are called {shape.data_name}: rename one")
    return found


def _detail(schema: Schema) -> str:
    own = {"version": "Version", "data": "Data"}
    members = "".join(
        _member(name, own.get(name) or _type(member), "" if name == "data" else _words(member))
        for name, member in schema["properties"].items()
    )
    return (
        "/** What every event says. Ignore members that you do not know. */\n"
        f"export interface Detail<Version extends number, Data> {{\n{members}}}\n"
    )


def _interface(name: str, data: Schema) -> str:
    return f"{_comment(_words(data))}export interface {name} {{\n{''.join(_members(data))}}}\n"


def _event(shape: Shape) -> str:
    bus_event = f'BusEvent<"{shape.type}", {shape.version}, {shape.data_name}>'
    return f"{_comment(shape.meaning)}export type {_name(shape)} = {bus_event};\n"


def _union(shapes: Sequence[Shape]) -> str:
    names = "".join(f"\n  | {_name(shape)}" for shape in shapes)
    words = "/** Any of them. `detail-type` says which. */\n"
    return f"{words}export type CountersignEvent ={names};\n"


def _members(schema: Schema) -> Iterator[str]:
    required = schema.get("required", [])
    for name, member in schema.get("properties", {}).items():
        mark = "" if name in required else "?"
        yield _member(f"{name}{mark}", _type(member), _words(member))


def _member(name: str, type_: str, words: str) -> str:
    return indent(f"{_comment(words)}{name}: {type_};\n", "  ")


def _type(schema: Schema) -> str:
    """Return the type of a value. Raises KeyError for what no event has had so far."""
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(map(_literal, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(map(_type, schema["anyOf"]))
    if schema["type"] == "array":
        return f"Array<{_type(schema['items'])}>"
    if schema["type"] == "object":
        return _object(schema)
    return _PLAIN[schema["type"]]


def _object(schema: Schema) -> str:
    if "properties" in schema:
        return f"{{\n{''.join(_members(schema))}}}"
    return f"{{ [name: string]: {_type(schema['additionalProperties'])} }}"


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _words(schema: Schema) -> str:
    return " ".join(schema.get("description", "").split())


def _comment(words: str) -> str:
    if not words:
        return ""
    if len(words) <= _WIDTH - len("/**  */"):
        return f"/** {words} */\n"
    lines = wrap(words, _WIDTH - len(" * "))
    return "".join(["/**\n", *(f" * {line}\n" for line in lines), " */\n"])


def _name(shape: Shape) -> str:
    return "".join(word.capitalize() for word in shape.type.replace(".", "_").split("_"))
