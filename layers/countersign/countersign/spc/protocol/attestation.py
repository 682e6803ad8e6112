"""The attestation object of a registration: WebAuthn Level 3, sections 6.5.1 and 6.5.4. Pure.

The library verifies it; this reads it first, strictly, since the library takes it for granted that
every value is of the type it has to be.
"""

import io
from typing import Any

import cbor2

from countersign.crypto.public_key import PublicKey
from countersign.spc.protocol import cbor
from countersign.spc.protocol.authenticator_data import check_extensions
from countersign.spc.protocol.cose import public_key

_HEAD, _AAGUID = 37, 16
_AT, _ED = 0x40, 0x80
_LONGEST_ID = 1023
_STATEMENTS: dict[str, dict[str, type]] = {"none": {}, "packed": {"alg": int, "sig": bytes}}
"""The formats of "no attestation", which is what is asked for: none at all, or the credential's own
signature (section 5.1.3, step 22.2), and the members of their statements.
"""


def attested_key(attestation_object: bytes) -> PublicKey:
    """The public key that a registration attests; raises `ValueError` for any other form of it than
    an authenticator writes that is not asked for attestation.
    """
    members = cbor.loads(attestation_object)
    if not isinstance(members, dict) or set(members) != {"fmt", "attStmt", "authData"}:
        raise ValueError("not an attestation object")
    _check_statement(members["fmt"], members["attStmt"])
    if not isinstance(members["authData"], bytes):
        raise ValueError("no authenticator data")
    return public_key(_cose(members["authData"]))


def _check_statement(form: Any, statement: Any) -> None:
    wanted = _STATEMENTS.get(form) if isinstance(form, str) else None
    if wanted is None or not isinstance(statement, dict) or set(statement) != set(wanted):
        raise ValueError("an attestation that was not asked for")
    if any(type(statement[name]) is not kind for name, kind in wanted.items()):
        raise ValueError("not an attestation statement")


def _cose(data: bytes) -> bytes:
    """The bytes of the COSE key within authenticator data: what follows it are extensions, if their
    flag says so, and else nothing.
    """
    start = _HEAD + _AAGUID + 2
    if len(data) < start or not data[32] & _AT:
        raise ValueError("no attested credential")
    length = int.from_bytes(data[start - 2 : start], "big")
    if not 0 < length <= _LONGEST_ID or len(data) <= start + length:
        raise ValueError("no credential id, or no key")
    rest = io.BytesIO(data[start + length :])
    try:
        cbor2.load(rest)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("no key") from error
    end = start + length + rest.tell()
    if bool(data[32] & _ED) != (len(data) > end):
        raise ValueError("extensions and their flag do not agree")
    if len(data) > end:
        check_extensions(data[end:])
    return data[start + length : end]
