"""Authenticator data: WebAuthn Level 3, section 6.1. Pure."""

from typing import NamedTuple

_HEAD = 37
_UP, _UV, _BE, _BS, _AT, _ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


class AuthenticatorData(NamedTuple):
    """The signed statement of an authenticator about one ceremony."""

    rp_id_hash: bytes
    user_present: bool
    user_verified: bool
    backup_eligible: bool
    backed_up: bool
    sign_count: int


def parse_assertion_data(data: bytes) -> AuthenticatorData:
    """Read the authenticator data of an assertion.

    Raises `ValueError` for a wrong length, for attested credential data, which an assertion has
    none of, and for extensions that are not one CBOR map to the end.
    """
    if len(data) < _HEAD:
        raise ValueError("too short")
    flags, rest = data[32], data[_HEAD:]
    if flags & _AT:
        raise ValueError("attested credential data in an assertion")
    if bool(flags & _ED) != bool(rest):
        raise ValueError("extensions and their flag do not agree")
    if rest:
        check_extensions(rest)
    return AuthenticatorData(
        rp_id_hash=data[:32],
        user_present=bool(flags & _UP),
        user_verified=bool(flags & _UV),
        backup_eligible=bool(flags & _BE),
        backed_up=bool(flags & _BS),
        sign_count=int.from_bytes(data[33:_HEAD], "big"),
    )


def check_extensions(data: bytes) -> None:
    """What an authenticator adds is one CBOR map to the end; raises `ValueError` for all else."""
    from countersign.spc.protocol import cbor  # hardly any authenticator sends extensions

    if not isinstance(cbor.loads(data), dict):
        raise ValueError("extensions are no map")
