"""Stored members as dataclasses. Pure."""

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Record = TypeVar("Record", bound=_Dataclass)
Item = dict[str, Any]
"""A stored item as a plain dictionary, its attributes by name."""


def from_members(kind: type[Record], members: Mapping[str, Any]) -> Record:
    """Return a dataclass of its own members among those that are stored. Others are ignored: while
    a deployment rolls out, this version reads what a later one has stored.
    """
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in members.items() if name in known})
