"""Signatures of credentials: ES256 and RS256 (WebAuthn Level 3, section 6.5.5). Pure."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from countersign.crypto.public_key import is_signed
from countersign.spc.protocol.credential import ES256, Credential


def is_signed_by(credential: Credential, data: bytes, signature: bytes) -> bool:
    """Return whether a credential signed these bytes, with the algorithm it was registered with."""
    key: Any = load_der_public_key(credential.public_key)
    is_elliptic = isinstance(key, ec.EllipticCurvePublicKey)
    return is_elliptic == (credential.algorithm == ES256) and is_signed(key, data, signature)
