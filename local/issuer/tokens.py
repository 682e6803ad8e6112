"""The local issuer's signing key and the tokens it makes (RFC 7519, RFC 9068)."""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.private_file import write_privately

ACCESS_LIFETIME_S = 3600


class TokenMaker:
    """Signs tokens (RS256) in the name of one issuer."""

    def __init__(self, key: rsa.RSAPrivateKey, issuer: str, audience: str) -> None:
        self._key = key
        self._audience = audience
        self.issuer = issuer
        self.public_jwk = _public_jwk(key)

    def access_token(self, sub: str, scopes: Sequence[str], client_id: str) -> str:
        """Return an access token for one hour; `scope` is left out when there is none."""
        claims = {"aud": self._audience, "client_id": client_id, "jti": uuid4().hex}
        return self._signed(sub, claims | ({"scope": " ".join(scopes)} if scopes else {}))

    def machine_token(self, sub: str, scopes: Sequence[str]) -> str:
        """Return the access token of a client that asked for itself: it is its own subject, as RFC
        9068, section 2.2, has it.
        """
        return self.access_token(sub, scopes, client_id=sub)

    def id_token(self, sub: str, name: str, client_id: str, nonce: str | None) -> str:
        """OpenID Connect's statement of who signed in, for the client alone."""
        claims = {"aud": client_id, "name": name}
        return self._signed(sub, claims | ({"nonce": nonce} if nonce else {}))

    def _signed(self, sub: str, claims: dict[str, Any]) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + ACCESS_LIFETIME_S}
        header = {"kid": self.public_jwk["kid"]}
        return jwt.encode(
            {"iss": self.issuer, "sub": sub, **times, **claims}, self._key, "RS256", header
        )


def load_key(file: Path) -> rsa.RSAPrivateKey:
    """Return the issuer's key in a PEM file, made at first use and readable by this user alone."""
    if not file.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_privately(file, pem)
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{file} does not hold an RSA key")
    return key


def subject(name: str) -> str:
    """Return the stable, opaque `sub` of a person who signs in under a name."""
    return "user_" + hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:24]


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _public_jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """Return the public key as a JWK, its `kid` the thumbprint of RFC 7638."""
    numbers = key.public_key().public_numbers()
    required = {"e": _unsigned(numbers.e), "kty": "RSA", "n": _unsigned(numbers.n)}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest()
    return {**required, "kid": _base64url(digest), "use": "sig", "alg": "RS256"}


def _unsigned(number: int) -> str:
    return _base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
