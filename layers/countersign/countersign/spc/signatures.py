"""Signatures of credentials and browser bound keys: ES256 in ASN.1 DER, and RS256 (WebAuthn Level
3, section 6.5.5). Pure.
"""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from countersign.spc.cose import PublicKey
from countersign.spc.credential import ES256, Credential

_ES256 = ec.ECDSA(SHA256())
_RS256 = (padding.PKCS1v15(), SHA256())


def is_signed_by(credential: Credential, data: bytes, signature: bytes) -> bool:
    """Whether a credential signed these bytes, with the algorithm it was registered with."""
    key = load_der_public_key(credential.public_key)
    is_elliptic = isinstance(key, ec.EllipticCurvePublicKey)
    if is_elliptic != (credential.algorithm == ES256):
        return False
    return _passes(key, (_ES256,) if is_elliptic else _RS256, data, signature)


def is_signed(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Whether this key signed these bytes."""
    is_elliptic = isinstance(key, ec.EllipticCurvePublicKey)
    return _passes(key, (_ES256,) if is_elliptic else _RS256, data, signature)


def _passes(key: Any, scheme: tuple[Any, ...], data: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, data, *scheme)
    except InvalidSignature:
        return False
    return True
