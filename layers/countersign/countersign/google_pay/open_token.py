"""Opens a token, in the order that Google gives: https://developers.google.com/pay/api/web/guides/
resources/payment-data-cryptography, "How to decrypt the payment method token". Pure.
"""

import hmac
import struct
from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from countersign.crypto.public_key import is_signed
from countersign.google_pay.envelope import (
    PROTOCOL_VERSION,
    EncryptedMessage,
    Envelope,
    IntermediateKey,
    parse_envelope,
    parse_intermediate_key,
    parse_message,
)
from countersign.google_pay.payload import OpenedToken, parse_payload
from countersign.google_pay.refusals import InvalidToken, TokenExpired
from countersign.google_pay.token_keys import RootKey, TokenKeys, load_public_key

LONGEST_LIFE_MS = 8 * 24 * 3600 * 1000
"""Google has merchants keep a withdrawn key for 8 days, so no token lives longer."""

_SENDER_ID = "Google"
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
    signing_key = _signing_key(envelope, keys.root_keys, now_ms)
    signed = _length_value(_SENDER_ID, keys.recipient_id, PROTOCOL_VERSION, envelope.signed_message)
    if not is_signed(signing_key, signed, envelope.signature):
        raise InvalidToken("is not signed for this recipient")
    opened = parse_payload(_decrypted(parse_message(envelope.signed_message), keys))
    if opened.expires_ms <= now_ms:
        raise TokenExpired
    if opened.expires_ms > now_ms + LONGEST_LIFE_MS:
        raise InvalidToken("expires later than a token can")
    return opened


def _signing_key(
    envelope: Envelope, root_keys: Iterable[RootKey], now_ms: int
) -> ec.EllipticCurvePublicKey:
    """Return the intermediate key, if a root key has signed it and neither has expired."""
    usable = tuple(root.public_key for root in root_keys if root.expires_ms > now_ms)
    intermediate = _intermediate_key(usable, envelope.signed_key, envelope.key_signatures)
    if intermediate.expires_ms <= now_ms:
        raise TokenExpired
    try:
        return load_public_key(intermediate.public_key)
    except ValueError as error:
        raise InvalidToken("has an intermediate key that is not a P-256 key") from error


@lru_cache(maxsize=8)
def _intermediate_key(
    roots: tuple[bytes, ...], signed_key: str, signatures: tuple[bytes, ...]
) -> IntermediateKey:
    """Return the intermediate key that one of these roots has signed. It signs the messages of
    several days, so the verified key is cached; a refusal is not.
    """
    signed = _length_value(_SENDER_ID, PROTOCOL_VERSION, signed_key)
    if not any(
        is_signed(load_public_key(root), signed, signature)
        for root in roots
        for signature in signatures
    ):
        raise InvalidToken("has an intermediate key that no root key has signed")
    return parse_intermediate_key(signed_key)


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


def _length_value(*parts: str) -> bytes:
    """Return each part in UTF-8 after its length in bytes, 4 octets little-endian."""
    encoded = [part.encode() for part in parts]
    return b"".join(struct.pack("<I", len(part)) + part for part in encoded)
