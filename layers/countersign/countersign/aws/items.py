"""Items as plain dictionaries, and in the form in which they are stored: each value under its type,
keys under the prefix of their mode, and the mark of the last write.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from countersign.formats.records import Item as Item

MARK = "w"
"""The attribute that holds the mark of the write that made or changed an item last. Readers never
see it.
"""
_LIVE = "live#"


class StoredForm(Struct, frozen=True):
    """How the items of one mode are stored: in live mode each key has a prefix, so that nothing
    that was stored in test mode is ever found (docs/decisions.md#one-mode-per-deployment).

    Keys are `pk` and every attribute whose name begins with `by_`, the hash key of an index.
    """

    livemode: bool

    def holds(self, key: Mapping[str, Any]) -> bool:
        """Return whether the item with this key, as it is stored, is of this mode."""
        return str(key["pk"]["S"]).startswith(_LIVE) is self.livemode

    def key(self, pk: str) -> Any:
        """Return the key of an item as it is sent."""
        return self.typed({"pk": pk})

    def typed(self, members: Item) -> Any:
        """Return attributes, or an expression's values (`:name`), as they are sent."""
        prefix = self._prefix
        return {
            name: _typed(f"{prefix}{value}" if _is_key(name) else value)
            for name, value in members.items()
        }

    def plain(self, item: Mapping[str, Any]) -> Item:
        """Return an item that was read as a plain dictionary."""
        found = {name: _plain(value) for name, value in item.items() if name != MARK}
        return {
            name: value.removeprefix(self._prefix) if _is_key(name) else value
            for name, value in found.items()
        }

    @property
    def _prefix(self) -> str:
        return _LIVE if self.livemode else ""


def _is_key(name: str) -> bool:
    bare = name.removeprefix(":")
    return bare == "pk" or bare.startswith("by_")


def _typed(value: Any) -> dict[str, Any]:
    """Return a value under DynamoDB's name for its type. Raises `TypeError` for one that is never
    stored, such as a fraction.
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}
    return _typed_collection(value)


def _typed_collection(value: Any) -> dict[str, Any]:
    match value:
        case Mapping():
            return {"M": {name: _typed(member) for name, member in value.items()}}
        case list() | tuple():
            return {"L": [_typed(member) for member in value]}
        case set() | frozenset() if value and all(isinstance(member, str) for member in value):
            return {"SS": sorted(value)}
    raise TypeError(f"{type(value).__name__} is never stored")


def _plain(typed: Mapping[str, Any]) -> Any:
    """Return a value without its type. Every number here is an integer."""
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return int(Decimal(value))
        case "NULL":
            return None
        case "M":
            return {name: _plain(member) for name, member in value.items()}
        case "L":
            return [_plain(member) for member in value]
        case "SS":
            return set(value)
        case "S" | "B" | "BOOL":
            return value
    raise TypeError(f"{kind} is never stored")
