"""Browser bound keys: a key pair held by one browser on one device, for one credential. Pure.

SPC, section 4.2 and its security considerations ("attacker generated browser bound key"): such a
key says that this browser was seen before, and never replaces the credential's own signature.
"""

from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from countersign.crypto.public_key import PublicKey, is_signed
from countersign.formats import base64url
from countersign.spc.protocol.authentication_response import AuthenticationResponse
from countersign.spc.protocol.cose import public_key
from countersign.spc.protocol.json_members import members_of, optional_text
from countersign.spc.protocol.registration_response import RegistrationResponse

_LONGEST_KEY = 1100
"""Bytes; the largest key that is accepted is an RSA key of 8192 bits."""
_RAW, _HALF = 64, 32
"""Bytes of an ES256 signature as COSE writes it, and of each of its two numbers."""


class BoundKey(NamedTuple):
    """The browser of a response: its COSE key, `None` where it has bound none, and whether there
    was one that had to be ignored.
    """

    key: bytes | None
    is_ignored: bool = False


def bound_key(response: AuthenticationResponse | RegistrationResponse) -> BoundKey:
    """Return the key that signed a response's client data.

    A key whose signature does not match counts as none, as SPC has it. So does one that comes
    without a signature, a signature without a key, and a key that is not ES256 or RS256.
    """
    signature = response.browser_bound_signature
    try:
        key = _key(response.client_data.members)
        if key is None or signature is None:
            return BoundKey(None, is_ignored=key is not None or signature is not None)
        found = public_key(key)
    except ValueError:
        return BoundKey(None, is_ignored=True)
    if not _is_signed(found, response.client_data_bytes, signature):
        return BoundKey(None, is_ignored=True)
    return BoundKey(key)


def _is_signed(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Return whether a browser's key signed these bytes. ES256 is written in two ways: in ASN.1
    DER, as credentials and Chromium do, or as r and s in 64 bytes (RFC 9053, section 2.1), since
    SPC names the algorithm by its COSE number and does not say which.
    """
    if is_signed(key, data, signature):
        return True
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != _RAW:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    return is_signed(key, data, encode_dss_signature(r, s))


def _key(members: dict[str, Any]) -> bytes | None:
    encoded = optional_text(members_of(members.get("payment", {})), "browserBoundPublicKey")
    if encoded is None:
        return None
    if len(encoded) > _LONGEST_KEY * 4 // 3 + 4:
        raise ValueError("too long")
    return base64url.decode(encoded)
