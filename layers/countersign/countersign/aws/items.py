"""Items as plain dictionaries, and in DynamoDB's form with each value under its type."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from countersign.formats.records import Item as Item


def typed(item: Item) -> Any:
    """Return an item in the form in which it is sent."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """Return an item that was read as a plain dictionary."""
    deserialize = TypeDeserializer().deserialize
    return {name: _integers(deserialize(value)) for name, value in item.items()}


def _integers(value: Any) -> Any:
    """Return a value with integers for `Decimal`: every number here is an integer."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_integers(member) for member in value]
    return value
