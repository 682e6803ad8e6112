"""Tokens that are known as ours without a read: 16 random bytes and 16 bytes of MAC over them, as
43 base64url characters (design, decision 9). Pure, but for the random bytes.

The MAC tells ours from junk and nothing else; what a token stands for is stored, under its hash.
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
    """A fresh token for one purpose, made with the first of the keys."""
    return _sealed(purpose, keys[0], secrets.token_bytes(_HALF))


def derive(purpose: str, keys: Sequence[str], token: str) -> str:
    """The token for another purpose that belongs to this one: the same each time, and not to be
    guessed by somebody who knows `token`.
    """
    seed = hmac.digest(keys[0].encode(), f"from\0{purpose}\0{token}".encode(), "sha256")
    return _sealed(purpose, keys[0], seed[:_HALF])


def is_minted(token: str, purpose: str, keys: Sequence[str]) -> bool:
    """Whether a token was made here for this purpose with any of the keys."""
    try:
        random = base64.b64decode(token + "=", altchars=b"-_", validate=True)[:_HALF]
    except (ValueError, binascii.Error):
        return False
    # Made anew and compared as text, so that a token has one spelling only.
    return any(
        hmac.compare_digest(_sealed(purpose, key, random).encode(), token.encode()) for key in keys
    )


def fingerprint(*parts: str) -> str:
    """What is stored in place of a secret value; a plain hash does, since the values are random."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _sealed(purpose: str, key: str, random: bytes) -> str:
    mac = hmac.digest(key.encode(), purpose.encode() + b"\0" + random, "sha256")[:_HALF]
    return base64.urlsafe_b64encode(random + mac).decode().rstrip("=")
