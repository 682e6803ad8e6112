"""Stored members as records. Pure."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct, to_builtins

Record = TypeVar("Record", bound=Struct)
Item = dict[str, Any]
"""A stored item as a plain dictionary, its attributes by name."""


def from_members(kind: type[Record], members: Mapping[str, Any]) -> Record:
    """Return a record of its own members among those that are stored. Others are ignored: while a
    deployment rolls out, this version reads what a later one has stored.
    """
    known = kind.__struct_fields__
    return kind(**{name: value for name, value in members.items() if name in known})


def to_members(record: Struct) -> Item:
    """Return the members of a record, and of the records in it, as they are stored."""
    return dict(to_builtins(record))
