"""DynamoDB's condition and update expressions, as far as this project writes them:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html.
Anything else is an error. Rows and values are in DynamoDB's own form: `{"n": {"N": "1"}}`.
"""

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

Typed = dict[str, Any]
Row = dict[str, Typed]
Values = dict[str, Typed]
Condition = Callable[[Row, Values], bool]
Change = Callable[[Row, Values], Typed | None]
"""What an attribute becomes, seen the row as it was; `None` when it goes."""

_TOKEN = re.compile(r"\s*(<=|>=|<>|[()=<>,]|:\w+|[\w.~]+)")
_COMPARE = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


def named(expression: str, names: dict[str, str]) -> str:
    """The expression with its `#placeholders` filled in, whatever characters a name has."""
    return re.sub(r"#\w+", lambda match: f"~{names[match[0]].encode().hex()}", expression)


def _path(text: str) -> tuple[str, ...]:
    """The steps of a document path, `member.member`."""
    steps = text.split(".")
    return tuple(bytes.fromhex(step[1:]).decode() if step[:1] == "~" else step for step in steps)


def _found(row: Row, path: tuple[str, ...]) -> Typed | None:
    """What is at a path, if anything is."""
    found: Typed | None = {"M": row}
    for step in path:
        found = found["M"].get(step) if found is not None and "M" in found else None
    return found


@cache
def condition(text: str) -> Condition:
    """A condition: comparisons, of a `size` too, and `attribute_[not_]exists`, joined by NOT, AND and
    OR, which bind in this order, and parentheses.
    """
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
    sides = [_negated(tokens)]
    while tokens[:1] == ["AND"]:
        del tokens[0]
        sides.append(_negated(tokens))
    return lambda row, values: all(side(row, values) for side in sides)


def _negated(tokens: list[str]) -> Condition:
    if tokens[:1] != ["NOT"]:
        return _one(tokens)
    del tokens[0]
    inner = _negated(tokens)
    return lambda row, values: not inner(row, values)


def _one(tokens: list[str]) -> Condition:
    first = tokens.pop(0)
    if first == "(":
        inner = _either(tokens)
        assert tokens.pop(0) == ")"
        return inner
    if first in ("attribute_exists", "attribute_not_exists"):
        path = _path(_bracketed(tokens))
        return lambda row, values: (_found(row, path) is not None) == (first == "attribute_exists")
    measure = _size if first == "size" else lambda found: found
    path = _path(_bracketed(tokens) if first == "size" else first)
    compare, value = _COMPARE[tokens.pop(0)], tokens.pop(0)
    assert value.startswith(":")
    return lambda row, values: _holds(compare, measure(_found(row, path)), values[value])


def _bracketed(tokens: list[str]) -> str:
    bracket, name, end = tokens[:3]
    assert (bracket, end) == ("(", ")")
    del tokens[:3]
    return name


def _size(found: Typed | None) -> Typed | None:
    """How many bytes, characters' bytes, elements or members; numbers and booleans have no size."""
    if found is None:
        return None
    ((kind, value),) = found.items()
    if kind not in ("S", "SS", "L", "M"):
        return None
    return {"N": str(len(value.encode() if kind == "S" else value))}


def _holds(compare: Callable[[Any, Any], Any], left: Typed | None, right: Typed) -> bool:
    """What is not there, or is of another type, is unequal to anything, and no more than that."""
    if left is None or left.keys() != right.keys():
        return compare is operator.ne
    ((kind, mine),), ((_, yours),) = left.items(), right.items()
    if kind == "N":
        return bool(compare(Decimal(mine), Decimal(yours)))
    if kind == "SS":
        return bool(compare(set(mine), set(yours)))
    return bool(compare(mine, yours))


def updated(text: str, key: Row, old: Row | None, values: Values) -> Row:
    """The row that an update makes of the one with this key."""
    found = changes(text)
    assert not {path[0] for path in found} & key.keys(), f"a key does not change: {text}"
    new = {**key, **(old or {})}
    for path, change in found.items():
        value = change(old or {}, values)
        # Removal alone makes a row of none with moto, and with DynamoDB it does not.
        assert value is not None or old is not None or "SET " in text or "ADD " in text, text
        new = _with(new, path, value)
    return new


def _with(row: Row, path: tuple[str, ...], value: Typed | None) -> Row:
    """The row with another value at a path, or without any there."""
    name, *rest = path
    if rest:
        inner = row.get(name)
        assert inner is not None, "DynamoDB makes no map on the way to a member"
        assert "M" in inner, f"{name} is no map"
        value = {"M": _with(inner["M"], tuple(rest), value)}
    return {other: row[other] for other in row if other != name} | ({name: value} if value else {})


@cache
def changes(text: str) -> dict[tuple[str, ...], Change]:
    """What an update does at which path: `SET name = :value`, `SET name = if_not_exists(other,
    :value)`, `REMOVE name`, and `ADD` of a number or of a set of strings, and `DELETE` of a set's.
    """
    before, *pieces = re.split(r"\b(SET|REMOVE|ADD|DELETE) ", text)
    clauses = pieces[::2]
    assert not before, text
    assert len(set(clauses)) == len(clauses), text
    found: dict[tuple[str, ...], Change] = {}
    for clause, body in zip(clauses, pieces[1::2], strict=True):
        for part in re.split(r",\s*(?![^(]*\))", body.strip()):
            name, change = _CLAUSES[clause](part)
            path = _path(name)
            assert path not in found, f"{name} is changed twice: {text}"
            found[path] = change
    return found


def _setting(part: str) -> tuple[str, Change]:
    match = re.fullmatch(r"([\w.~]+)\s*=\s*(?:if_not_exists\(([\w.~]+), *(:\w+)\)|(:\w+))", part)
    assert match is not None, part
    name, other, otherwise, value = match.groups()
    if other is None:
        return name, lambda old, values: values[value]
    path = _path(other)

    def change(old: Row, values: Values) -> Typed:
        found = _found(old, path)
        return values[otherwise] if found is None else found

    return name, change


def _removing(part: str) -> tuple[str, Change]:
    assert re.fullmatch(r"[\w.~]+", part), part
    return part, lambda old, values: None


def _adding(part: str) -> tuple[str, Change]:
    name, value = part.split()
    path = _path(name)

    def change(old: Row, values: Values) -> Typed:
        ((kind, added),) = values[value].items()
        if kind == "N":
            before = (_found(old, path) or {"N": "0"})["N"]
            return {"N": str(Decimal(before) + Decimal(added))}
        assert kind == "SS"
        return {"SS": sorted({*(_found(old, path) or {"SS": []})["SS"], *added})}

    return name, change


def _deleting(part: str) -> tuple[str, Change]:
    """A set that loses its last element is gone."""
    name, value = part.split()
    path = _path(name)

    def change(old: Row, values: Values) -> Typed | None:
        left = {*(_found(old, path) or {"SS": []})["SS"]} - {*values[value]["SS"]}
        return {"SS": sorted(left)} if left else None

    return name, change


_CLAUSES: dict[str, Callable[[str], tuple[str, Change]]] = {
    "SET": _setting,
    "REMOVE": _removing,
    "ADD": _adding,
    "DELETE": _deleting,
}
