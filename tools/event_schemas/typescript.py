"""TypeScript declarations of the domain events, from their schemas. Pure."""

from collections.abc import Iterable, Iterator
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


def declarations(shapes: Iterable[Shape]) -> str:
    """Return the declarations: an interface for each event, and their union."""
    found = [(shape, schema_of(shape)) for shape in shapes]
    parts = [_HEAD, _detail(found[0][1]), *(_event(shape, schema) for shape, schema in found)]
    names = "".join(f"\n  | {_name(shape)}" for shape, _ in found)
    union = "/** Any of them. `detail-type` says which. */\n"
    return "\n".join([*parts, f"{union}export type CountersignEvent ={names};\n"])


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


def _event(shape: Shape, schema: Schema) -> str:
    name, data = _name(shape), schema["properties"]["data"]
    members = "".join(_members(data))
    return (
        f"{_comment(_words(data))}export interface {name}Data {{\n{members}}}\n\n"
        f"{_comment(shape.meaning)}"
        f'export type {name} = BusEvent<"{shape.type}", {shape.version}, {name}Data>;\n'
    )


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
