"""Opening one Google Pay token, as the function does, compared with what it cannot do without.

Google signs the messages of several days with one intermediate key, whose own signature is verified
with the first of them. That token has a line and a goal of its own, since only it needs both
signatures and a new key. Its floor is what Google's algorithm computes from the same text: JSON,
base64, keys, signatures, key agreement, HKDF, MAC and cipher, and no check but the signatures and
the MAC. What is above that floor is what the strictness costs.

No other library is measured: of those for Python, google-pay-token-decryption cannot be installed
beside ours (it needs a `cryptography` before 4), and the others verify no signature.
"""

import hmac
import json
from collections.abc import Callable
from itertools import cycle
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bench.timing import compare, report
from countersign.google_pay.open_token import open_token
from local.google import Sealer
from local.google.encryption import signed_bytes
from tests.support.google_pay import NOW_MS, RECIPIENT, Recipient, unb64

MOST, MOST_FIRST = 1.04, 1.3
"""The most that the whole may cost, in its floor: usually, and first under an intermediate key."""
KEYS = 16
"""Intermediate keys that take turns: more than are cached, so that each token is a first one."""

KNOWN = "open_token, under a known key"
FIRST = "open_token, the first under its key"
OPERATIONS = "two ECDSA verifications, one ECDH"
PRIMITIVES = "all primitives of a first token"

_ECDSA = ec.ECDSA(SHA256())


def main() -> None:
    """Print all times, each token's as a part of its floor."""
    recipient = Recipient()
    known, keys, root = recipient.seal(), recipient.keys, recipient.sealer.root.public_key()
    tokens = [_under_another_key(recipient) for _ in range(KEYS)]
    firsts, bare = cycle(tokens), cycle(tokens)
    assert open_token(known, keys, NOW_MS).card.auth_method == "CRYPTOGRAM_3DS"
    assert _bare_opening(recipient, root, known)["paymentMethod"] == "CARD"
    found = compare(
        {
            KNOWN: lambda: open_token(known, keys, NOW_MS),
            FIRST: lambda: open_token(next(firsts), keys, NOW_MS),
            OPERATIONS: _operations(recipient, known),
            PRIMITIVES: lambda: _bare_opening(recipient, root, next(bare)),
        }
    )
    usual = {name: found[name] for name in (KNOWN, FIRST, OPERATIONS)}
    report("One Google Pay token, opened", usual, OPERATIONS, {KNOWN: MOST})
    first = {name: found[name] for name in (FIRST, PRIMITIVES)}
    report("The first token under an intermediate key", first, PRIMITIVES, {FIRST: MOST_FIRST})


def _under_another_key(recipient: Recipient) -> str:
    return Recipient(Sealer(recipient.sealer.root), recipient.private_key).seal()


def _operations(recipient: Recipient, token: str) -> Callable[[], object]:
    """Return the operations with keys, with all parts parsed and Google's keys loaded before."""
    envelope: Any = json.loads(token)
    intermediate, message = envelope["intermediateSigningKey"], envelope["signedMessage"]
    signed_key, [key_signature] = intermediate["signedKey"], intermediate["signatures"]
    point = unb64(json.loads(message)["ephemeralPublicKey"])
    root = recipient.sealer.root.public_key()
    signer = recipient.sealer.intermediate.public_key()
    signed = signed_bytes("Google", RECIPIENT, "ECv2", message)
    key_signed = signed_bytes("Google", "ECv2", signed_key)
    signature, of_key = unb64(envelope["signature"]), unb64(key_signature)

    def call() -> bytes:
        root.verify(of_key, key_signed, _ECDSA)
        signer.verify(signature, signed, _ECDSA)
        return _shared(recipient, point)

    return call


def _shared(recipient: Recipient, point: bytes) -> bytes:
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return recipient.private_key.exchange(ec.ECDH(), ephemeral)


def _bare_opening(recipient: Recipient, root: ec.EllipticCurvePublicKey, token: str) -> Any:
    """Return the payload, from the text of the token."""
    envelope = json.loads(token)
    intermediate, message = envelope["intermediateSigningKey"], envelope["signedMessage"]
    signed_key, [key_signature] = intermediate["signedKey"], intermediate["signatures"]
    key_signed = signed_bytes("Google", "ECv2", signed_key)
    root.verify(unb64(key_signature), key_signed, _ECDSA)
    signer: Any = load_der_public_key(unb64(json.loads(signed_key)["keyValue"]))
    signed = signed_bytes("Google", RECIPIENT, "ECv2", message)
    signer.verify(unb64(envelope["signature"]), signed, _ECDSA)
    parts = {name: unb64(text) for name, text in json.loads(message).items()}
    point, ciphertext = parts["ephemeralPublicKey"], parts["encryptedMessage"]
    derived = HKDF(SHA256(), 64, bytes(32), b"Google").derive(point + _shared(recipient, point))
    assert hmac.compare_digest(hmac.digest(derived[32:], ciphertext, "sha256"), parts["tag"])
    decryptor = Cipher(AES(derived[:32]), CTR(bytes(16))).decryptor()
    return json.loads(decryptor.update(ciphertext) + decryptor.finalize())


if __name__ == "__main__":
    main()
