"""JSON that every reader understands in the same way: UTF-8, no duplicate members, only JSON's
numbers. Pure.

RFC 8259 leaves duplicate members open (section 4), so two readers of one signed text could see two
different messages.
"""

import json
from typing import Any, NoReturn

_BOM = b"\xef\xbb\xbf"


def loads(data: bytes) -> Any:
    """Return the value of a text. A leading byte order mark is ignored, as in the "UTF-8 decode" of
    WebAuthn. Raises `ValueError` for anything ambiguous, malformed or too deeply nested.
    """
    return parse(data.removeprefix(_BOM).decode())


def parse(text: str) -> Any:
    """Return the value of a text. Raises `ValueError` as `loads` does."""
    try:
        return _decoder.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)
