"""base64url without padding (RFC 4648, section 5), strictly: each value has one spelling."""

import base64
import binascii
import string

_ALPHABET = (string.ascii_letters + string.digits).encode()
_STANDARD = bytes(
    {ord("-"): ord("+"), ord("_"): ord("/")}.get(octet, octet if octet in _ALPHABET else ord("!"))
    for octet in range(256)
)
"""Octets as the standard alphabet has them; whatever is none of ours becomes none of its."""
_LAST = {2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""What a group of two or three characters ends in: its bits to spare are zero, else it would have
other spellings.
"""


def encode(data: bytes) -> str:
    """The text of these bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of a text; raises `ValueError` for any other spelling than `encode` writes."""
    tail = len(text) % 4
    padded = text.encode("ascii").translate(_STANDARD) + (b"", b"", b"==", b"=")[tail]
    data = binascii.a2b_base64(padded, strict_mode=True)
    if tail and text[-1] not in _LAST[tail]:
        raise ValueError("not base64url as it is written")
    return data
