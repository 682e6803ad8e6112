"""Strict base64 (RFC 4648, section 4): each value has one spelling, so that two tokens with the
same content cannot differ. Pure.
"""

import binascii


def decode(text: object) -> bytes:
    """Return the bytes of a text. Raises `ValueError` for anything but the one spelling."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    data = binascii.a2b_base64(text)
    if binascii.b2a_base64(data, newline=False).decode() != text:
        raise ValueError("not base64 in canonical form")
    return data
