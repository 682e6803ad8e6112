"""Makes Google Pay tokens as Google does, under keys of our own: good ones, and for tests every
kind that must be refused.
"""

import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from local.google.encryption import SENDER, encrypt, google_json, sign
from local.google.keys import new_key, write_public_key
from local.google.roots import root_key, root_keys_document

DAY_MS = 24 * 3600 * 1000
_INTERMEDIATE_LIFETIME_MS = 8 * DAY_MS


class Sealer:
    """A root key and an intermediate key, each generated unless it is given."""

    def __init__(
        self,
        root: ec.EllipticCurvePrivateKey | None = None,
        intermediate: ec.EllipticCurvePrivateKey | None = None,
    ) -> None:
        self.root = root or new_key()
        self.intermediate = intermediate or new_key()

    @property
    def root_keys(self) -> str:
        """The document that names the root alone, for ECv2."""
        return root_keys_document(root_key(self.root.public_key()))

    def seal(
        self,
        payload: Mapping[str, Any] | str,
        *,
        recipient_id: str,
        public_key: ec.EllipticCurvePublicKey,
        protocol_version: str = "ECv2",
        **signing: Any,
    ) -> str:
        """Return a token with the payload (text is sealed as it is), encrypted to the recipient's
        key.

        `ECv2SigningOnly` leaves the payload in the clear; `signing` is that of `sign`.
        """
        text = payload if isinstance(payload, str) else google_json(payload)
        if protocol_version != "ECv2SigningOnly":
            text = google_json(encrypt(text.encode(), public_key, protocol_version))
        return self.sign(
            text, recipient_id=recipient_id, protocol_version=protocol_version, **signing
        )

    def sign(
        self,
        signed_message: str,
        *,
        recipient_id: str,
        protocol_version: str = "ECv2",
        label: str | None = None,
        now_ms: int | None = None,
        key_expiration: object = None,
        signed_key: str | None = None,
        root: ec.EllipticCurvePrivateKey | None = None,
        signer: ec.EllipticCurvePrivateKey | None = None,
    ) -> str:
        """Return the envelope around a message, signed as the protocol version has it.

        For forgeries: `label` is the version that the envelope claims, `key_expiration` (ms) or
        the whole `signed_key` replaces what the root signs, `root` and `signer` sign instead of
        the root and the signer of the message.
        """
        root, version = root or self.root, protocol_version
        by_root = version == "ECv1"
        signer = signer or (root if by_root else self.intermediate)
        envelope: dict[str, Any] = {
            "signature": sign(signer, SENDER, recipient_id, version, signed_message)
        }
        if not by_root:
            signed_key = signed_key or self.signed_key(now_ms, key_expiration)
            signatures = [sign(root, SENDER, version, signed_key)]
            envelope["intermediateSigningKey"] = {"signedKey": signed_key, "signatures": signatures}
        envelope |= {"protocolVersion": label or version, "signedMessage": signed_message}
        return google_json(envelope)

    def signed_key(self, now_ms: int | None = None, key_expiration: object = None) -> str:
        """Return what the root signs of the intermediate key; by default it is good for 8 days."""
        if key_expiration is None:
            now_ms = int(time.time() * 1000) if now_ms is None else now_ms
            key_expiration = str(now_ms + _INTERMEDIATE_LIFETIME_MS)
        elif isinstance(key_expiration, int):
            key_expiration = str(key_expiration)
        value = write_public_key(self.intermediate.public_key())
        return google_json({"keyValue": value, "keyExpiration": key_expiration})
