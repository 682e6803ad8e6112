"""How the message in a token is encrypted and what of it is signed, by protocol version
(developers.google.com/pay/api/web/guides/resources/payment-data-cryptography).
"""

import json

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from local.google.keys import encoded, point_of

SENDER = "Google"
KEY_SIZES = {"ECv1": 16, "ECv2": 32}
"""Bytes of the encryption key, and as many of the key for the MAC."""

# What Google's JSON writes so; it leaves what is not ASCII as it is.
_ESCAPED = {sign: f"\\u{ord(sign):04x}" for sign in "=&<>'"}


def google_json(value: object) -> str:
    """JSON text as Google writes it: without spaces, `=` as `\\u003d`."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return "".join(_ESCAPED.get(sign, sign) for sign in text)


def signed_bytes(*parts: str) -> bytes:
    """Return what a signature is over: each part's length in bytes (32 bits, little endian), and
    it.
    """
    encoded_parts = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded_parts)


def encrypt(
    message: bytes, public_key: ec.EllipticCurvePublicKey, protocol_version: str = "ECv2"
) -> dict[str, str]:
    """Return the three members of a `signedMessage`, made with an ephemeral key of its own."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    point = point_of(ephemeral.public_key())
    shared = ephemeral.exchange(ec.ECDH(), public_key)
    ciphertext, tag = encrypt_with(shared, point, message, KEY_SIZES[protocol_version])
    return {
        "encryptedMessage": encoded(ciphertext),
        "ephemeralPublicKey": encoded(point),
        "tag": encoded(tag),
    }


def encrypt_with(
    shared: bytes, point: bytes, message: bytes, key_size: int = 32
) -> tuple[bytes, bytes]:
    """Return the ciphertext and its tag, given the result of the key agreement and the ephemeral
    point.

    In counter mode (NIST SP 800-38A, 6.5) a ciphertext in place of the message gives the message.
    """
    derived = HKDF(hashes.SHA256(), 2 * key_size, bytes(32), SENDER.encode()).derive(point + shared)
    cipher = Cipher(algorithms.AES(derived[:key_size]), modes.CTR(bytes(16))).encryptor()
    ciphertext = cipher.update(message) + cipher.finalize()
    mac = hmac.HMAC(derived[key_size:], hashes.SHA256())
    mac.update(ciphertext)
    return ciphertext, mac.finalize()


def sign(key: ec.EllipticCurvePrivateKey, *parts: str) -> str:
    """Return the base64 of an ECDSA signature with SHA-256, in DER, over the parts."""
    return encoded(key.sign(signed_bytes(*parts), ec.ECDSA(hashes.SHA256())))
