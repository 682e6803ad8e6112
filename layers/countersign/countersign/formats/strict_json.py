"""JSON that means the same to all who read it: UTF-8, no member twice, no numbers but JSON's.

RFC 8259 leaves duplicate members open (section 4), so two readers of one signed text could see two
messages.
"""

import json
from typing import Any, NoReturn

_BOM = b"\xef\xbb\xbf"


def loads(data: bytes) -> Any:
    """The value of a text; a byte order mark before it is passed over, as WebAuthn's "UTF-8 decode"
    does. Raises `ValueError` for anything ambiguous, malformed or too deeply nested.
    """
    return parse(data.removeprefix(_BOM).decode())


def parse(text: str) -> Any:
    """The value of a text; raises `ValueError` as `loads` does."""
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
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)
