"""The part that all responses share, `PublicKeyCredential.toJSON()`, read strictly. Pure.

WebAuthn Level 3, section 5.1.8. Binary members are base64url, in the one spelling that a browser
writes.
"""

from typing import Any

from countersign.formats import base64url
from countersign.spc.protocol.authenticator_data import LONGEST_ID
from countersign.spc.protocol.json_members import members_of, text

_LONGEST = {
    "id": LONGEST_ID,
    "clientDataJSON": 48 * 1024,
    "authenticatorData": 4096,
    "attestationObject": 16 * 1024,
    "signature": 1024,
    "userHandle": 64,
}
"""Bytes; of the user handle WebAuthn's own limit (section 5.4.3)."""


def parse_credential(credential: Any) -> tuple[str, dict[str, Any]]:
    """Return the id of a credential and the members of its response; raises `ValueError`."""
    outer = members_of(credential)
    response = members_of(outer.get("response"))
    credential_id = text(outer, "id")
    if text(outer, "type") != "public-key" or text(outer, "rawId") != credential_id:
        raise ValueError("not a public key, or two ids")
    binary(outer, "id")
    return credential_id, response


def binary(members: dict[str, Any], name: str) -> bytes:
    """Return the bytes of a member that must be within its limit; raises `ValueError`."""
    data = base64url.decode(text(members, name))
    if len(data) > _LONGEST[name]:
        raise ValueError(f"{name} is too long")
    return data


def bound_signature(value: Any) -> bytes | None:
    """Return the browser bound signature, which a page sends beside the credential since `toJSON()`
    drops the payment extension; raises `ValueError`.
    """
    return None if value is None else binary({"signature": value}, "signature")
