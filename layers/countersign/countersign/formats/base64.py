"""base64 (RFC 4648, section 4) strictly: each value has one spelling, or two tokens that read the
same could differ. Pure.
"""

import binascii


def decode(text: object) -> bytes:
    """The bytes of a text; raises `ValueError` for anything but its one spelling."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    data = binascii.a2b_base64(text)
    if binascii.b2a_base64(data, newline=False).decode() != text:
        raise ValueError("not base64 as it is written")
    return data
