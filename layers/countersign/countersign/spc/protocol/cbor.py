"""CBOR in one spelling of each value, as authenticators write it (CTAP 2.2, section 8). Pure.

The order of keys is that of RFC 7049, section 3.9, which equals CTAP2's for the keys that occur
here: COSE keys and attestation objects have fixed members, and the names of extensions are text.
"""

import io
from typing import Any

import cbor2

_FAILURES = (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError)
"""What cbor2 raises for bytes that nobody would send."""


def loads(data: bytes) -> Any:
    """Return the one value of all these bytes.

    Raises `ValueError` for bytes that are malformed, go on after the value, or are not canonical.
    """
    try:
        value = cbor2.loads(data)
        canonical = dumps(value)
    except _FAILURES as error:
        raise ValueError("not CBOR") from error
    if canonical != data:
        raise ValueError("not canonical CBOR")
    return value


def dumps(value: Any) -> bytes:
    """Return the one spelling of a value."""
    return cbor2.dumps(value, canonical=True)


def split_first(data: bytes) -> tuple[bytes, bytes]:
    """Split bytes after their first value, canonical or not; raises `ValueError` for none."""
    stream = io.BytesIO(data)
    try:
        cbor2.load(stream)
    except _FAILURES as error:
        raise ValueError("not CBOR") from error
    return data[: stream.tell()], data[stream.tell() :]
