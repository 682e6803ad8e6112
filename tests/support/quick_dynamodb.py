"""DynamoDB's calls on single items over a dictionary, a hundred times as fast as moto.

It evaluates the condition and update expressions it is given, as far as this project writes them:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html.
Anything else is an error. `tests/domain/test_quick_dynamodb.py` holds it against moto.
"""

import operator
import re
import threading
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from tests.support.storage import check, refused

Typed = dict[str, Any]
Row = dict[str, Typed]
Values = dict[str, Typed]
Condition = Callable[[Row, Values], bool]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[()=<>,]|[:#]?\w+)")
_COMPARE = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


class QuickDynamoDB:
    """A client with one table. `failures` are codes that the next calls of an operation end in."""

    def __init__(self, table: str = "quick") -> None:
        self.table = table
        self.rows: dict[str, Row] = {}
        self.failures: dict[str, deque[str]] = {}
        self._lock = threading.Lock()

    def get_item(self, **request: Any) -> dict[str, Any]:
        self._admit("GetItem", request)
        row = self.rows.get(request["Key"]["pk"]["S"])
        return {} if row is None else {"Item": dict(row)}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        ((name, wanted),) = request["RequestItems"].items()
        self._admit("BatchGetItem", request | {"TableName": name})
        found = [self.rows.get(key["pk"]["S"]) for key in wanted["Keys"]]
        rows = [dict(row) for row in found if row is not None]
        return {"Responses": {name: rows}, "UnprocessedKeys": {}}

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._admit("PutItem", request)
        item: Row = request["Item"]
        with self._lock:
            self._check(item, request)
            self.rows[item["pk"]["S"]] = dict(item)
        return {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._admit("DeleteItem", request)
        with self._lock:
            self._check(request["Key"], request)
            self.rows.pop(request["Key"]["pk"]["S"], None)
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        self._admit("UpdateItem", request)
        key: Row = request["Key"]
        with self._lock:
            old = self._check(key, request)
            new = {**key, **old}
            names = request.get("ExpressionAttributeNames", {})
            values = request.get("ExpressionAttributeValues", {})
            for change in changes(_named(request["UpdateExpression"], names)):
                change(old, new, values)
            self.rows[key["pk"]["S"]] = new
        return {"Attributes": dict(new)}

    def _admit(self, operation: str, request: dict[str, Any]) -> None:
        check(request, operation)
        waiting = self.failures.get(operation)
        if waiting:
            raise refused(operation, waiting.popleft(), "a failure that was ordered")
        if request["TableName"] != self.table:
            raise refused(operation, "ResourceNotFoundException", "no such table")

    def _check(self, key: Row, request: dict[str, Any]) -> Row:
        old = self.rows.get(key["pk"]["S"])
        text = _named(request["ConditionExpression"], request.get("ExpressionAttributeNames", {}))
        if condition(text)(old or {}, request.get("ExpressionAttributeValues", {})):
            return old or {}
        error: Any = refused("any", "ConditionalCheckFailedException", "the condition failed")
        if old is not None and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            error.response["Item"] = dict(old)
        raise error


def _named(expression: str, names: dict[str, str]) -> str:
    return re.sub(r"#\w+", lambda match: names[match[0]], expression)


@cache
def condition(text: str) -> Condition:
    """A condition: comparisons and `attribute_[not_]exists`, joined by AND (first) and OR."""
    tokens = _TOKEN.findall(text)
    assert "".join(tokens) == re.sub(r"\s", "", text), text
    found = _either(tokens)
    assert not tokens, text
    return found


def _either(tokens: list[str]) -> Condition:
    sides = [_both(tokens)]
    while tokens[:1] == ["OR"]:
        del tokens[0]
        sides.append(_both(tokens))
    return lambda row, values: any(side(row, values) for side in sides)


def _both(tokens: list[str]) -> Condition:
    sides = [_one(tokens)]
    while tokens[:1] == ["AND"]:
        del tokens[0]
        sides.append(_one(tokens))
    return lambda row, values: all(side(row, values) for side in sides)


def _one(tokens: list[str]) -> Condition:
    first = tokens.pop(0)
    if first == "(":
        inner = _either(tokens)
        assert tokens.pop(0) == ")"
        return inner
    if first in ("attribute_exists", "attribute_not_exists"):
        bracket, name, end = tokens[:3]
        assert (bracket, end) == ("(", ")")
        del tokens[:3]
        return lambda row, values: (name in row) == (first == "attribute_exists")
    compare, value = _COMPARE[tokens.pop(0)], tokens.pop(0)
    assert value.startswith(":")
    return lambda row, values: first in row and _holds(compare, row[first], values[value])


def _holds(compare: Callable[[Any, Any], Any], left: Typed, right: Typed) -> bool:
    ((kind, mine),), ((other, yours),) = left.items(), right.items()
    if kind != other:
        return compare is operator.ne
    return bool(compare(Decimal(mine), Decimal(yours)) if kind == "N" else compare(mine, yours))


Change = Callable[[Row, Row, Values], None]


@cache
def changes(text: str) -> list[Change]:
    """What an update does: `SET name = :value`, `SET name = if_not_exists(name, :value)`, and `ADD`
    of a number or of a set of strings. Every value is looked up in the row as it was.
    """
    found: list[Change] = []
    for clause, body in re.findall(r"(SET|ADD) (.*?)(?= ADD |$)", text):
        for part in re.split(r", (?![^(]*\))", body):
            found.append((_setting if clause == "SET" else _adding)(part.strip()))
    return found


def _setting(part: str) -> Change:
    plain = re.fullmatch(r"(\w+) = (:\w+)", part)
    gently = re.fullmatch(r"(\w+) = if_not_exists\(\1, (:\w+)\)", part)
    match = plain or gently
    assert match is not None, part

    def change(old: Row, new: Row, values: Values) -> None:
        if plain or match[1] not in old:
            new[match[1]] = values[match[2]]

    return change


def _adding(part: str) -> Change:
    name, value = part.split()

    def change(old: Row, new: Row, values: Values) -> None:
        ((kind, added),) = values[value].items()
        if kind == "N":
            before = old.get(name, {"N": "0"})["N"]
            new[name] = {"N": str(Decimal(before) + Decimal(added))}
        else:
            assert kind == "SS"
            new[name] = {"SS": sorted({*old.get(name, {"SS": []})["SS"], *added})}

    return change
