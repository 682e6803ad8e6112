"""An output as a guide shows it: shortened by `…`, with ids and times that are another's."""

import json
import re
from collections.abc import Iterator
from typing import Any

MORE = "…"
TIME = 1_000_000_000
"""A number from here on is a time, of which one is as good as another."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]…]|[^"{}\[\]…]+')


def is_shown(expected: str, printed: str) -> bool:
    """Whether a JSON value that was printed is as a guide shows it. A text with `…` in it stands for
    any text, `…` by itself for any further members, and a time for any time.
    """
    # A text may be broken into lines, which JSON does not allow.
    wanted = json.loads(_whole(expected), strict=False)
    return any(_fits(wanted, found) for found in _values(printed))


def _whole(expected: str) -> str:
    """The shortened text as JSON: what is left out of an object is a member of that name."""
    inside: list[str] = []
    parts = []
    for part in _TOKEN.findall(expected):
        if part in "{[":
            inside.append(part)
        elif part in "}]":
            inside.pop()
        is_left_out = part == MORE
        parts.append(f'"{MORE}"' + (": 0" if inside[-1:] == ["{"] else "") if is_left_out else part)
    return "".join(parts)


def _values(printed: str) -> Iterator[Any]:
    """Each JSON object or array in a text, the outermost ones."""
    decoder, place = json.JSONDecoder(), 0
    while found := re.search(r"[{\[]", printed[place:]):
        begin = place + found.start()
        try:
            value, place = decoder.raw_decode(printed, begin)
            yield value
        except ValueError:
            place = begin + 1


def _fits(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and _fits_object(wanted, found)
    if isinstance(wanted, list):
        return isinstance(found, list) and _fits_list(wanted, found)
    if isinstance(wanted, str) and MORE in wanted:
        return isinstance(found, str)
    if isinstance(wanted, int) and wanted >= TIME:
        return isinstance(found, int) and found >= TIME
    return type(wanted) is type(found) and bool(wanted == found)


def _fits_object(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    named = wanted.keys() - {MORE}
    is_whole = MORE in wanted or named == found.keys()
    return is_whole and all(name in found and _fits(wanted[name], found[name]) for name in named)


def _fits_list(wanted: list[Any], found: list[Any]) -> bool:
    named = [one for one in wanted if one != MORE]
    is_whole = len(named) < len(wanted) or len(named) == len(found)
    return is_whole and len(named) <= len(found) and all(map(_fits, named, found))
