"""An authenticator in software, for what a browser's own cannot do: RS256, backed-up credentials,
counters that stand still, browser bound keys. `chromium.py` writes what it signs.
"""

import base64
import secrets
import struct
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

ES256, RS256 = -7, -257
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
AAGUID = bytes(16)
MAX_COUNT = 2**32 - 1


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cose_members(public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> dict[int, Any]:
    """The members of a COSE_Key, in CTAP2's canonical order."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return {1: 2, 3: ES256, -1: 1, -2: x, -3: y}
    told = public.public_numbers()
    n, e = (number.to_bytes((number.bit_length() + 7) // 8, "big") for number in (told.n, told.e))
    return {1: 3, 3: RS256, -1: n, -2: e}


@dataclass(frozen=True)
class SigningKey:
    """A key pair of a passkey or of a browser (RFC 9053: ES256 on P-256; RFC 8812: RS256)."""

    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @classmethod
    def new(cls, algorithm: int = ES256) -> "SigningKey":
        if algorithm == ES256:
            return cls(ec.generate_private_key(ec.SECP256R1()))
        return cls(rsa.generate_private_key(65537, 2048))

    @cached_property
    def algorithm(self) -> int:
        return ES256 if isinstance(self.private, ec.EllipticCurvePrivateKey) else RS256

    @cached_property
    def spki(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @cached_property
    def cose(self) -> bytes:
        return cbor2.dumps(cose_members(self.private.public_key()))

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def authenticator_data(rp_id: str, flags: int, count: int, rest: bytes = b"") -> bytes:
    """WebAuthn L3, section 6.1: the hash of the RP ID, the flags, the counter, and what follows."""
    return sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, count) + rest


@dataclass
class Passkey:
    """A payment credential of one person. `sign_count` is the last count that it has sent; one
    whose `counts` is false, as of those synced between devices, always sends 0.
    """

    rp_id: str
    user_handle: bytes
    key: SigningKey = field(default_factory=SigningKey.new)
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    flags: int = UP | UV
    sign_count: int = 0
    counts: bool = True

    def register(self, client_data: bytes, *, extensions: Any = None) -> dict[str, Any]:
        """What `PublicKeyCredential.toJSON()` gives after `create()`, attestation none."""
        attested = AAGUID + struct.pack(">H", len(self.id)) + self.id + self.key.cose
        data = self._data(self.flags | AT, extensions, attested)
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._json(
            {
                "attestationObject": b64(statement),
                "authenticatorData": b64(data),
                "clientDataJSON": b64(client_data),
                "publicKey": b64(self.key.spki),
                "publicKeyAlgorithm": self.key.algorithm,
                "transports": ["internal"],
            }
        )

    def answer(
        self,
        client_data: bytes,
        *,
        flags: int | None = None,
        extensions: Any = None,
        data: bytes | None = None,
        signature: bytes | None = None,
    ) -> dict[str, Any]:
        """What `PublicKeyCredential.toJSON()` gives after a payment or a login.

        `data`, the authenticator data, may be anything: it is signed. So may `signature`.
        """
        if data is None:
            data = self._data(self.flags if flags is None else flags, extensions)
        if signature is None:
            signature = self.key.sign(data + sha256(client_data).digest())
        return self._json(
            {
                "authenticatorData": b64(data),
                "clientDataJSON": b64(client_data),
                "signature": b64(signature),
                "userHandle": b64(self.user_handle),
            }
        )

    def _data(self, flags: int, extensions: Any, attested: bytes = b"") -> bytes:
        self.sign_count += self.counts
        if extensions is not None:
            flags |= ED
            attested += cbor2.dumps(extensions)
        return authenticator_data(self.rp_id, flags, self.sign_count, attested)

    def _json(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "id": b64(self.id),
            "rawId": b64(self.id),
            "response": response,
            "type": "public-key",
        }
