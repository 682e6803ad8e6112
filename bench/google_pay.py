"""Opening one Google Pay token, as the function does, compared with the time that `cryptography`
alone takes for its two signatures and its key agreement.

Google signs the messages of several days with one intermediate key, whose own signature is verified
with the first of them. That token has a line and a goal of its own, since only it needs both
signatures.

No other library is measured: of those for Python, google-pay-token-decryption cannot be installed
beside ours (it needs a `cryptography` before 4), and the others verify no signature.
"""

import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from bench.timing import compare, report
from countersign.google_pay.google_signatures import _intermediate_key
from countersign.google_pay.open_token import open_token
from local.google.encryption import signed_bytes
from local.google.keys import read_public_key
from tests.support.google_pay import NOW_MS, RECIPIENT, Recipient, unb64

MOST, MOST_FIRST = 1.04, 1.3
"""The most that the whole may cost, in floors: usually, and first under an intermediate key."""
OURS = "countersign: open_token"
FIRST = "the first under an intermediate key"
FLOOR = "two ECDSA verifications, one ECDH"


def main() -> None:
    """Print both times as parts of the floor."""
    recipient = Recipient()
    token = recipient.seal()
    ours = _ours(recipient, token)

    def first() -> object:
        _intermediate_key.cache_clear()
        return ours()

    found = compare({OURS: ours, FIRST: first, FLOOR: _floor(recipient, token)})
    report("One Google Pay token, opened", found, FLOOR, {OURS: MOST, FIRST: MOST_FIRST})


def _ours(recipient: Recipient, token: str) -> Callable[[], object]:
    keys = recipient.keys
    assert open_token(token, keys, NOW_MS).card.auth_method == "CRYPTOGRAM_3DS"
    return lambda: open_token(token, keys, NOW_MS)


def _floor(recipient: Recipient, token: str) -> Callable[[], object]:
    """Return the floor for the same token, with its parts parsed and its keys loaded before."""
    envelope: Any = json.loads(token)
    intermediate, message = envelope["intermediateSigningKey"], envelope["signedMessage"]
    signed_key, [key_signature] = intermediate["signedKey"], intermediate["signatures"]
    point = unb64(json.loads(message)["ephemeralPublicKey"])
    root = recipient.sealer.root.public_key()
    signer = read_public_key(json.loads(signed_key)["keyValue"])
    signed = signed_bytes("Google", RECIPIENT, "ECv2", message)
    key_signed = signed_bytes("Google", "ECv2", signed_key)
    signature, of_key = unb64(envelope["signature"]), unb64(key_signature)
    private_key, algorithm = recipient.private_key, ec.ECDSA(SHA256())

    def call() -> bytes:
        root.verify(of_key, key_signed, algorithm)
        signer.verify(signature, signed, algorithm)
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return private_key.exchange(ec.ECDH(), ephemeral)

    return call


if __name__ == "__main__":
    main()
