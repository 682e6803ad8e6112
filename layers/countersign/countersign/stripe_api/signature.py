"""Stripe's signature scheme v1: HMAC-SHA256 over the timestamp, a dot and the raw bytes.

Webhooks and install links are signed with it. Follows https://docs.stripe.com/webhooks#verify-manually,
and is stricter: a time in the future is refused as well as one in the past. A header of any shape
gives an answer, never an exception.
"""

import hmac
import re
from collections.abc import Sequence

TOLERANCE = 300
"""Seconds that a signature's time may differ from our clock, both ways."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_MAX_HEADER = 4096
_SPACES = " \t"


def is_signed(
    payload: bytes, header: str, secrets: Sequence[str], now: float, tolerance: int = TOLERANCE
) -> bool:
    """Return whether any `v1` of the header was made over these bytes with any of the secrets, at
    most `tolerance` seconds from `now`.

    Every secret is tried on every `v1`, each in constant time, since both generations sign while a
    secret is rolled. Blank secrets never match: anyone could sign with one.
    """
    timestamp, candidates = _parse(header)
    if timestamp is None or not candidates or abs(now - int(timestamp)) > tolerance:
        return False
    signed = timestamp.encode() + b"." + payload
    found = False
    for secret in secrets:
        if not secret.strip():
            continue
        expected = hmac.digest(secret.encode(), signed, "sha256").hex().encode()
        for candidate in candidates:
            found |= hmac.compare_digest(expected, candidate)
    return found


def as_sent(header: str) -> str:
    """Return a `Stripe-Signature` header as Stripe sent it. A proxy may take it for a list, and
    write spaces around its parts and a comma at its end (RFC 9110, section 5.6.1).
    """
    parts = header.strip(_SPACES).removesuffix(",").split(",")
    return ",".join(part.strip(_SPACES) for part in parts)


def signed_at(header: str) -> int | None:
    """Return when a header says it was made, by Stripe's clock in Unix seconds."""
    timestamp, _ = _parse(header)
    return int(timestamp) if timestamp else None


def _parse(header: str) -> tuple[str | None, list[bytes]]:
    """Return the timestamp, `None` unless there is exactly one, and all `v1` signatures."""
    if len(header) > _MAX_HEADER:
        return None, []
    pairs = [item.partition("=")[::2] for item in header.split(",")]
    times = {value for name, value in pairs if name == "t"}
    is_whole = all(name for name, _ in pairs)
    if not is_whole or len(times) != 1 or not _TIMESTAMP.fullmatch(timestamp := times.pop()):
        return None, []
    return timestamp, [value.encode("utf-8", "replace") for name, value in pairs if name == "v1"]
