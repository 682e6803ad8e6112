"""A registered payment credential, as far as verifying a response needs it. Pure."""

from dataclasses import dataclass

ES256, RS256 = -7, -257
"""COSE algorithms (RFC 9053, section 2.1; RFC 8812, section 2)."""


@dataclass(frozen=True, slots=True)
class Credential:
    """`id` and `user_handle` are base64url; `public_key` is SubjectPublicKeyInfo in DER."""

    id: str
    user_handle: str
    public_key: bytes
    algorithm: int
    sign_count: int
    backup_eligible: bool
