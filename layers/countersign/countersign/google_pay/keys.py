"""The keys that open a token: Google's roots, and our own for the key agreement. Pure.

https://developers.google.com/pay/api/web/guides/resources/payment-data-cryptography, "Root signing
keys" and "Elliptic curve integrated encryption scheme".
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from msgspec import Struct

from countersign.formats import strict_json
from countersign.formats.base64 import decode
from countersign.google_pay.envelope import PROTOCOL_VERSION, milliseconds

SharedSecrets = Callable[[ec.EllipticCurvePublicKey], Iterable[bytes]]
"""Yields the shared secret (32 bytes) of an ephemeral key with each of our private keys, one at a
time: only one of them can be right, and a key may be in KMS.
"""


class RootKey(Struct, frozen=True):
    """A key of Google's: SubjectPublicKeyInfo in DER, valid until Unix milliseconds."""

    public_key: bytes
    expires_ms: int


class TokenKeys(Struct, frozen=True):
    """All keys for a token. `recipient_id` is the recipient that Google's signature must name:
    `merchant:` or `gateway:` and an id.
    """

    recipient_id: str
    root_keys: tuple[RootKey, ...]
    shared_secrets: SharedSecrets


@lru_cache(maxsize=4)
def parse_root_keys(document: str) -> tuple[RootKey, ...]:
    """Return the usable keys of the document that Google publishes, `{"keys": [...]}`: those of our
    version that state their expiry. Raises `ValueError` when it cannot be read.
    """
    try:
        entries = strict_json.parse(document)["keys"]
        found = tuple(
            RootKey(decode(entry["keyValue"]), milliseconds(entry["keyExpiration"]))
            for entry in entries
            if entry["protocolVersion"] == PROTOCOL_VERSION and "keyExpiration" in entry
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a document of root keys") from error
    for root in found:
        load_public_key(root.public_key)
    return found


@lru_cache(maxsize=4)
def local_agreement(private_keys: tuple[str, ...]) -> SharedSecrets:
    """Return the key agreement with private keys in memory, PKCS#8 DER in base64, newest first.
    Raises `ValueError` for a key that is not a P-256 key.
    """
    loaded = [_private_key(decode(text)) for text in private_keys]

    def shared_secrets(ephemeral: ec.EllipticCurvePublicKey) -> Iterable[bytes]:
        return (key.exchange(ec.ECDH(), ephemeral) for key in loaded)

    return shared_secrets


@lru_cache(maxsize=8)
def load_public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    """Return a P-256 public key from SubjectPublicKeyInfo. Raises `ValueError` for any other."""
    try:
        key: Any = load_der_public_key(data)
    except UnsupportedAlgorithm as error:  # a curve that cryptography does not know
        raise ValueError("not a P-256 key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def _private_key(data: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key: Any = load_der_private_key(data, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        raise ValueError("not a P-256 key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key
