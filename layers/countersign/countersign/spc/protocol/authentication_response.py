"""A browser's answer to a confirmation: `PublicKeyCredential.toJSON()`, read strictly. Pure.

`AuthenticationResponseJSON`: WebAuthn Level 3, section 5.1.8. `toJSON()` drops the payment
extension, so the browser bound signature comes beside it.
"""

from typing import Any, NamedTuple

from countersign.formats import base64url
from countersign.spc.protocol.client_data import ClientData, parse_client_data, text
from countersign.spc.protocol.refusals import Refused

_LONGEST = {
    "id": 1023,
    "clientDataJSON": 48 * 1024,
    "authenticatorData": 4096,
    "attestationObject": 16 * 1024,
    "signature": 1024,
    "userHandle": 64,
}
"""Bytes; of the id and the user handle WebAuthn's own limits (sections 5.1 and 5.4.3)."""


class AuthenticationResponse(NamedTuple):
    """What was answered; `client_data_bytes` are those that were signed."""

    credential_id: str
    client_data: ClientData
    client_data_bytes: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: str | None
    browser_bound_signature: bytes | None


def parse_authentication_response(
    credential: Any, browser_bound_signature: Any = None
) -> AuthenticationResponse:
    """Read an answer; raises `Refused("malformed_credential")` for anything else."""
    try:
        return _parse(credential, browser_bound_signature)
    except ValueError as error:
        raise Refused("malformed_credential") from error


def _parse(credential: Any, browser_bound_signature: Any) -> AuthenticationResponse:
    outer = members_of(credential)
    response = members_of(outer.get("response"))
    if text(outer, "type") != "public-key":
        raise ValueError("not a public key")
    credential_id = text(outer, "id")
    if text(outer, "rawId") != credential_id or not binary(outer, "id"):
        raise ValueError("two ids, or none")
    client_data = binary(response, "clientDataJSON")
    user_handle = response.get("userHandle")
    if user_handle is not None:
        binary(response, "userHandle")
    bound = {"signature": browser_bound_signature}
    return AuthenticationResponse(
        credential_id=credential_id,
        client_data=parse_client_data(client_data),
        client_data_bytes=client_data,
        authenticator_data=binary(response, "authenticatorData"),
        signature=binary(response, "signature"),
        user_handle=user_handle,
        browser_bound_signature=(
            None if browser_bound_signature is None else binary(bound, "signature")
        ),
    )


def members_of(value: Any) -> dict[str, Any]:
    """A JSON object; raises `ValueError` for any other value."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def binary(members: dict[str, Any], name: str) -> bytes:
    """A base64url member within its limit; raises `ValueError`."""
    data = base64url.decode(text(members, name))
    if len(data) > _LONGEST[name]:
        raise ValueError(f"{name} is too long")
    return data
