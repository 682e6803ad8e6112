"""What in a schema has changed so that a consumer of the events would break. Pure.

A new member is the only change that no consumer feels, since each ignores what it does not know.
A member that goes, or may be absent, or has another type breaks the code that reads it. A new value
of a closed list breaks the code that switches over the list, and a value that goes leaves code
waiting that expects it. What may grow, such as Stripe's error codes, is therefore text in the
schema and no list.
"""

from collections.abc import Iterator
from typing import Any

from tools.event_schemas.json_schema import Schema

_WORDS = frozenset({"$schema", "$id", "$comment", "title", "description", "examples"})
_COMPARED_BY_PARTS = frozenset({"properties", "required", "items", "anyOf", "enum"})


def find_breaks(before: Schema, after: Schema, place: str = "detail") -> Iterator[str]:
    """Yield each change that would break a consumer, with its place."""
    yield from _members(before, after, place)
    yield from _values(before.get("enum"), after.get("enum"), place)
    yield from _choices(before, after, place)
    if "items" in before and "items" in after:
        yield from find_breaks(before["items"], after["items"], f"{place}[]")
    old, new = _rest(before), _rest(after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{place}: {name} was {_shown(old, name)} and is {_shown(new, name)}"


def _members(before: Schema, after: Schema, place: str) -> Iterator[str]:
    members = after.get("properties", {})
    required = after.get("required", [])
    for name, member in before.get("properties", {}).items():
        here = f"{place}.{name}"
        if name not in members:
            yield f"{here} is gone"
            continue
        if name in before.get("required", []) and name not in required:
            yield f"{here} may be absent now"
        yield from find_breaks(member, members[name], here)


def _values(before: list[Any] | None, after: list[Any] | None, place: str) -> Iterator[str]:
    if before is None or after is None:
        if before != after:
            yield f"{place}: {'is' if after else 'is no longer'} one of a closed list of values"
        return
    yield from (f"{place} can be {value!r} now" for value in after if value not in before)
    yield from (f"{place} is never {value!r} any more" for value in before if value not in after)


def _choices(before: Schema, after: Schema, place: str) -> Iterator[str]:
    """Compare what a value may be: `anyOf` lists it, in an order that the dataclass gives."""
    old, new = before.get("anyOf", []), after.get("anyOf", [])
    if len(old) != len(new):
        yield f"{place}: has {len(new)} types to choose from, and had {len(old)}"
        return
    for one, other in zip(old, new, strict=True):
        yield from find_breaks(one, other, place)


def _rest(schema: Schema) -> Schema:
    return {
        name: value
        for name, value in schema.items()
        if name not in _WORDS and name not in _COMPARED_BY_PARTS
    }


def _shown(schema: Schema, name: str) -> str:
    return repr(schema[name]) if name in schema else "not stated"
