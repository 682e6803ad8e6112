"""Strict base64url without padding (RFC 4648, section 5): each value has one spelling. Pure."""

import base64
import binascii
import string

_ALPHABET = (string.ascii_letters + string.digits).encode()
_STANDARD = bytes(
    {ord("-"): ord("+"), ord("_"): ord("/")}.get(octet, octet if octet in _ALPHABET else ord("!"))
    for octet in range(256)
)
"""Maps octets to the standard alphabet. An octet outside of base64url maps to an invalid one."""
_LAST = {2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""What a last group of two or three characters may end with: its unused bits are zero, or the value
would have other spellings.
"""


def encode(data: bytes) -> str:
    """Return the text of these bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of a text. Raises `ValueError` for a spelling that `encode` never writes."""
    tail = len(text) % 4
    padded = text.encode("ascii").translate(_STANDARD) + (b"", b"", b"==", b"=")[tail]
    data = binascii.a2b_base64(padded, strict_mode=True)
    if tail and text[-1] not in _LAST[tail]:
        raise ValueError("not base64url in canonical form")
    return data
