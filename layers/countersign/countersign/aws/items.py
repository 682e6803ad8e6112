"""Items as plain dictionaries, and in the form in which they are stored: each value under its type,
keys under the prefix of their mode, and the mark of the last write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from countersign.formats.records import Item as Item

MARK = "w"
"""The attribute that holds the mark of the write that made or changed an item last. Readers never
see it.
"""
_LIVE = "live#"


@dataclass(frozen=True, slots=True)
class StoredForm:
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
        serialize, prefix = TypeSerializer().serialize, self._prefix
        return {
            name: serialize(f"{prefix}{value}" if _is_key(name) else value)
            for name, value in members.items()
        }

    def plain(self, item: Mapping[str, Any]) -> Item:
        """Return an item that was read as a plain dictionary."""
        deserialize, prefix = TypeDeserializer().deserialize, self._prefix
        found = {name: deserialize(value) for name, value in item.items() if name != MARK}
        return {
            name: value.removeprefix(prefix) if _is_key(name) else _integers(value)
            for name, value in found.items()
        }

    @property
    def _prefix(self) -> str:
        return _LIVE if self.livemode else ""


def _is_key(name: str) -> bool:
    bare = name.removeprefix(":")
    return bare == "pk" or bare.startswith("by_")


def _integers(value: Any) -> Any:
    """Return a value with integers for `Decimal`: every number here is an integer."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_integers(member) for member in value]
    return value
