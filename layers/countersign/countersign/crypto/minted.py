"""Tokens that are recognized without a read: 16 random bytes and 16 bytes of MAC over them, as 43
base64url characters (docs/decisions.md#tokens-that-cost-no-read). Pure, but for the random bytes.

The MAC only distinguishes a genuine token from junk. What a token stands for is stored under its
hash.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

LENGTH = 43
_HALF = 16


def mint(purpose: str, keys: Sequence[str]) -> str:
    """Return a fresh token for one purpose, made with the first of the keys."""
    return _sealed(purpose, keys[0], secrets.token_bytes(_HALF))


def derive(purpose: str, keys: Sequence[str], token: str) -> str:
    """Return the token for another purpose that belongs to this one. It is the same each time, and
    cannot be guessed by somebody who knows `token`.
    """
    seed = hmac.digest(keys[0].encode(), f"from\0{purpose}\0{token}".encode(), "sha256")
    return _sealed(purpose, keys[0], seed[:_HALF])


def is_minted(token: str, purpose: str, keys: Sequence[str]) -> bool:
    """Return whether a token was made here for this purpose with any of the keys."""
    try:
        random = base64.b64decode(token + "=", altchars=b"-_", validate=True)[:_HALF]
    except (ValueError, binascii.Error):
        return False
    # Made again and compared as text, so that a token has only one spelling.
    return any(
        hmac.compare_digest(_sealed(purpose, key, random).encode(), token.encode()) for key in keys
    )


def fingerprint(*parts: str) -> str:
    """Return the plain hash that a value is stored under. It hides what is random; what can be
    guessed, such as a user, it only keeps out of sight, so it never goes into a log.
    """
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _sealed(purpose: str, key: str, random: bytes) -> str:
    mac = hmac.digest(key.encode(), purpose.encode() + b"\0" + random, "sha256")[:_HALF]
    return base64.urlsafe_b64encode(random + mac).decode().rstrip("=")
