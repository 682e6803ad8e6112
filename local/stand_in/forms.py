"""Form-encoded parameters with nested brackets, as Stripe's API takes them."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from local.stand_in.errors import StripeError

Form = dict[str, Any]

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MAX_FIELDS = 1000
_MAX_DEPTH = 6


def decode(text: bytes) -> list[tuple[str, str]]:
    """Return the pairs of a query or a form body. Raises StripeError if it is not UTF-8."""
    try:
        return parse_qsl(
            text.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError as error:  # UnicodeDecodeError included
        raise StripeError("Invalid request: the parameters are not a UTF-8 form.") from error


def parse(pairs: Iterable[tuple[str, str]]) -> Form:
    """Nested dictionaries of strings: `a[b]=1&c[]=2` is `{"a": {"b": "1"}, "c": {"0": "2"}}`.

    The last of several equal names counts; a name used both ways raises StripeError.
    """
    form: Form = {}
    for name, value in pairs:
        _insert(form, _path(name), value, name)
    return form


def _path(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    if match is None or match[2].count("[") > _MAX_DEPTH:
        raise StripeError(f"Invalid parameter name: {name}", param=name)
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _insert(form: Form, path: list[str], value: str, name: str) -> None:
    node = form
    for key in path[:-1]:
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            raise StripeError(f"Conflicting values for {name}", param=name)
    leaf = path[-1] or str(len(node))  # `[]` appends
    if isinstance(node.get(leaf), dict):
        raise StripeError(f"Conflicting values for {name}", param=name)
    node[leaf] = value
