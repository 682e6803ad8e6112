"""CBOR in CTAP2's canonical form, one spelling of each value (CTAP 2.2, section 8). Pure."""

from typing import Any

import cbor2


def loads(data: bytes) -> Any:
    """The one value of all these bytes; raises `ValueError` for anything malformed, followed by
    more, or not in canonical form.
    """
    try:
        value = cbor2.loads(data)
        canonical = dumps(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("not CBOR") from error
    if canonical != data:
        raise ValueError("not canonical CBOR")
    return value


def dumps(value: Any) -> bytes:
    """The one spelling of a value."""
    return cbor2.dumps(value, canonical=True)
