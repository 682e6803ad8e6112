"""Authenticator data: WebAuthn Level 3, sections 6.1 and 6.5.1. Pure."""

import hashlib
from functools import cache
from typing import NamedTuple

_HEAD, _AAGUID, _ID_LENGTH = 37, 16, 2
_UP, _UV, _BE, _BS, _AT, _ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
LONGEST_ID = 1023
"""Bytes of a credential id (section 7.1, step 25)."""


class AuthenticatorData(NamedTuple):
    """The signed statement of an authenticator about one ceremony."""

    rp_id_hash: bytes
    user_present: bool
    user_verified: bool
    backup_eligible: bool
    backed_up: bool
    sign_count: int


class AttestedCredential(NamedTuple):
    """The credential that an authenticator has made; `key` is a COSE key, not yet read."""

    id: bytes
    key: bytes


def parse_assertion_data(data: bytes) -> AuthenticatorData:
    """Read the authenticator data of an assertion.

    Raises `ValueError` for a wrong length, for attested credential data, which an assertion has
    none of, and for extensions that are not one CBOR map to the end.
    """
    found = _head(data)
    if data[32] & _AT:
        raise ValueError("attested credential data in an assertion")
    _check_extensions(data[32], data[_HEAD:])
    return found


def parse_registration_data(data: bytes) -> tuple[AuthenticatorData, AttestedCredential]:
    """Read the authenticator data of a registration.

    Raises `ValueError` for a wrong length, for missing attested credential data, for an id of no
    or of too many bytes, and for extensions that are not one CBOR map to the end.
    """
    from countersign.spc.protocol import cbor  # what only verifies assertions does without

    found = _head(data)
    if not data[32] & _AT:
        raise ValueError("no attested credential data")
    start = _HEAD + _AAGUID + _ID_LENGTH
    length = int.from_bytes(data[start - _ID_LENGTH : start], "big")
    if not 0 < length <= LONGEST_ID or len(data) <= start + length:
        raise ValueError("no credential id, or no key")
    key, extensions = cbor.split_first(data[start + length :])
    _check_extensions(data[32], extensions)
    return found, AttestedCredential(data[start : start + length], key)


@cache
def hash_of(rp_id: str) -> bytes:
    """Return the hash that stands for an RP ID; a deployment has one."""
    return hashlib.sha256(rp_id.encode()).digest()


def _head(data: bytes) -> AuthenticatorData:
    if len(data) < _HEAD:
        raise ValueError("too short")
    flags = data[32]
    return AuthenticatorData(
        rp_id_hash=data[:32],
        user_present=bool(flags & _UP),
        user_verified=bool(flags & _UV),
        backup_eligible=bool(flags & _BE),
        backed_up=bool(flags & _BS),
        sign_count=int.from_bytes(data[33:_HEAD], "big"),
    )


def _check_extensions(flags: int, extensions: bytes) -> None:
    """Check that an authenticator adds one CBOR map to the end where its flag says so, and else
    nothing; raises `ValueError`.
    """
    if bool(flags & _ED) != bool(extensions):
        raise ValueError("extensions and their flag do not agree")
    if not extensions:
        return
    from countersign.spc.protocol import cbor  # hardly any authenticator sends extensions

    if not isinstance(cbor.loads(extensions), dict):
        raise ValueError("extensions are no map")
