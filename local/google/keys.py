"""Keys on P-256 and the three ways in which Google Pay writes them, each in base64: a root or
intermediate key as SPKI, an ephemeral or a merchant's public key as an uncompressed point, a
private key as PKCS#8 (RFC 5280, 4.1; SEC 1, 2.3.3; RFC 5208).
"""

import base64

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """65 bytes: 4, x and y."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def write_public_key(key: ec.EllipticCurvePublicKey) -> str:
    return encoded(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def write_private_key(key: ec.EllipticCurvePrivateKey) -> str:
    return encoded(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def read_public_key(text: str) -> ec.EllipticCurvePublicKey:
    """Raise ValueError for what is not the SPKI of a key on P-256."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("not the SPKI of a key, in base64") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("not a key on P-256")
    return key


def read_private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Raise ValueError, with nothing of the text in it, for what is not a key on P-256."""
    try:
        key = load_der_private_key(base64.b64decode(text, validate=True), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("not the PKCS#8 of a key, in base64") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError("not a key on P-256")
    return key
