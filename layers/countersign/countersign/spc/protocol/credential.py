"""A registered payment credential, as far as verifying a response needs it. Pure."""

from msgspec import Struct

ES256, RS256 = -7, -257
"""COSE algorithms (RFC 9053, section 2.1; RFC 8812, section 2)."""


MOST_COUNTED = 16
"""Counts that are remembered. Of a count below all of these nobody knows whether it was used."""


class Credential(Struct, frozen=True):
    """`id` and `user_handle` are base64url; `public_key` is SubjectPublicKeyInfo in DER.

    `sign_count` is what the counter was when the ceremony began, `counted` the latest counts of
    responses that were accepted, in ascending order: no count counts twice.
    """

    id: str
    user_handle: str
    public_key: bytes
    algorithm: int
    sign_count: int
    backup_eligible: bool
    counted: tuple[int, ...] = ()
    is_suspended: bool = False
