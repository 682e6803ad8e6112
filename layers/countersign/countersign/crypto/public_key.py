"""Signatures by public keys: ECDSA in ASN.1 DER for elliptic curves, PKCS #1 v1.5 for RSA, both
with SHA-256. Pure.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

_ECDSA = ec.ECDSA(SHA256())
_PKCS1 = (padding.PKCS1v15(), SHA256())


def is_signed(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Return whether this key signed these bytes."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, _ECDSA)
        else:
            key.verify(signature, data, *_PKCS1)
    except InvalidSignature:
        return False
    return True
