"""The capacity units that DynamoDB takes, by the sizes of items. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-unit-consumption.html and,
for sizes, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Mapping[str, Any]]
"""An item in DynamoDB's own form: `{"n": {"N": "1"}}`."""
READ, WRITE = 4096, 1024
"""Bytes of one unit."""
_OF_A_COLLECTION, _OF_A_MEMBER = 3, 1


def size(row: Row | None) -> int:
    """Return the bytes of an item: those of its names and of its values."""
    return sum(len(name.encode()) + _value(value) for name, value in (row or {}).items())


def read_units(row: Row | None) -> int:
    """Return what a consistent read of one item takes; one that is not there takes a unit too."""
    return max(1, math.ceil(size(row) / READ))


def query_units(rows: Iterable[Row]) -> float:
    """Return what a page of an index takes: half of what its entries would take together, since an
    index is read without consistency.
    """
    return max(1, math.ceil(sum(map(size, rows)) / READ)) / 2


def write_units(before: Row | None, after: Row | None) -> int:
    """Return what a write takes of the table, by the larger of the item before and after it. A
    write whose condition fails takes what the item that is there would, which is then both.
    """
    return max(1, math.ceil(max(size(before), size(after)) / WRITE))


def index_units(before: Row | None, after: Row | None, names: Sequence[str]) -> int:
    """Return what the same write takes of an index of keys with these attributes: a unit to put an
    entry, one to remove it, and so two to move it.
    """
    entries = [entry(row, names) for row in (before, after)]
    if entries[0] == entries[1]:
        return 0
    return sum(max(1, math.ceil(size(each) / WRITE)) for each in entries if each is not None)


def entry(row: Row | None, names: Sequence[str]) -> Row | None:
    """Return what an index of keys has of an item, or `None` if it has nothing."""
    if row is None or not all(name in row for name in names):
        return None
    return {name: row[name] for name in ("pk", *names)}


def _value(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        return _number(value)
    if kind == "B":
        return len(value) if isinstance(value, bytes) else len(base64.b64decode(value))
    if kind == "L":
        return _OF_A_COLLECTION + sum(_OF_A_MEMBER + _value(each) for each in value)
    if kind == "M":
        names = sum(_OF_A_MEMBER + len(name.encode()) for name in value)
        return _OF_A_COLLECTION + names + sum(map(_value, value.values()))
    if kind in ("SS", "NS", "BS"):
        return sum(_value({kind[0]: each}) for each in value)
    return 1  # BOOL and NULL


def _number(text: str) -> int:
    """About a byte for each two significant digits, and one."""
    digits = text.lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1 + text.startswith("-")
