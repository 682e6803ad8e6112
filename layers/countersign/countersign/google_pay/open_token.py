"""Open a token in Google's order: the signatures, the MAC, the decryption and the expiry. Pure.

https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography, "How to
decrypt the payment method token".
"""

import hmac

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from countersign.google_pay.envelope import EncryptedMessage, parse_envelope, parse_message
from countersign.google_pay.google_signatures import verify_signatures
from countersign.google_pay.keys import TokenKeys
from countersign.google_pay.payload import OpenedToken, parse_payload
from countersign.google_pay.refusals import InvalidToken, TokenExpired

LONGEST_LIFE_MS = 8 * 24 * 3600 * 1000
"""Google has merchants keep a withdrawn key for 8 days, so no token lives longer."""

_INFO = b"Google"
_KEY_LENGTH = 32
"""Bytes of each of the two keys of ECv2: AES-256-CTR, then HMAC-SHA256."""


def open_token(token: str, keys: TokenKeys, now_ms: int) -> OpenedToken:
    """Return what Google has signed and sealed to us in this token; `now_ms` is Unix milliseconds.

    Raises `InvalidToken` (422 `invalid_google_pay_token`) unless everything is in order, and
    `TokenExpired` for a genuine token that comes too late.
    """
    try:
        return _opened(token, keys, now_ms)
    except InvalidToken as refused:
        reason = refused.reason
    # Raised again, since the cause and the frames of the first hold what was read, with the PAN.
    raise InvalidToken(reason)


def _opened(token: str, keys: TokenKeys, now_ms: int) -> OpenedToken:
    envelope = parse_envelope(token)
    verify_signatures(envelope, keys, now_ms)
    opened = parse_payload(_decrypted(parse_message(envelope.signed_message), keys))
    if opened.expires_ms <= now_ms:
        raise TokenExpired
    if opened.expires_ms > now_ms + LONGEST_LIFE_MS:
        raise InvalidToken("expires later than a token can")
    return opened


def _decrypted(message: EncryptedMessage, keys: TokenKeys) -> bytes:
    """Return the cleartext, decrypted with the one of our keys that the MAC confirms."""
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), message.ephemeral_public_key
        )
    except ValueError as error:
        raise InvalidToken("has an ephemeral key that is not on P-256") from error
    if len(message.ephemeral_public_key) != 65:
        raise InvalidToken("has an ephemeral key that is not uncompressed")
    for shared_secret in keys.shared_secrets(ephemeral):
        encryption_key, mac_key = _derived(message.ephemeral_public_key + shared_secret)
        mac = hmac.digest(mac_key, message.ciphertext, "sha256")
        if hmac.compare_digest(mac, message.tag):
            decryptor = Cipher(AES(encryption_key), CTR(bytes(16))).decryptor()
            return decryptor.update(message.ciphertext) + decryptor.finalize()
    raise InvalidToken("is not sealed to any of our keys")


def _derived(keying_material: bytes) -> tuple[bytes, bytes]:
    kdf = HKDF(SHA256(), length=2 * _KEY_LENGTH, salt=bytes(32), info=_INFO)
    derived = kdf.derive(keying_material)
    return derived[:_KEY_LENGTH], derived[_KEY_LENGTH:]
