"""Google's signatures on a token: a root key signs an intermediate key, which signs messages. Pure.

https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography, "Signature
verification".
"""

from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec

from countersign.crypto.public_key import is_signed
from countersign.google_pay.envelope import (
    PROTOCOL_VERSION,
    Envelope,
    IntermediateKey,
    parse_intermediate_key,
)
from countersign.google_pay.keys import RootKey, TokenKeys, load_public_key
from countersign.google_pay.refusals import InvalidToken, TokenExpired

_SENDER_ID = "Google"


def verify_signatures(envelope: Envelope, keys: TokenKeys, now_ms: int) -> None:
    """Verify that Google signed a token for this recipient; `now_ms` is Unix milliseconds.

    Raises `InvalidToken`, and `TokenExpired` where the intermediate key has expired.
    """
    signing_key = _signing_key(envelope, keys.root_keys, now_ms)
    signed = _length_value(_SENDER_ID, keys.recipient_id, PROTOCOL_VERSION, envelope.signed_message)
    if not is_signed(signing_key, signed, envelope.signature):
        raise InvalidToken("is not signed for this recipient")


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


def _length_value(*parts: str) -> bytes:
    """Return each part in UTF-8 after its length in bytes, 4 octets little-endian."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded)
