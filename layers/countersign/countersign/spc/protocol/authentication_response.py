"""A browser's response to a confirmation, `AuthenticationResponseJSON`, read strictly. Pure.

WebAuthn Level 3, section 5.1.8.
"""

from typing import Any, NamedTuple

from countersign.spc.protocol.client_data import ClientData, parse_client_data
from countersign.spc.protocol.public_key_credential import (
    binary,
    bound_signature,
    parse_credential,
)
from countersign.spc.protocol.refusals import Refused


class AuthenticationResponse(NamedTuple):
    """What a browser sent; `client_data_bytes` are those that were signed."""

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
    """Read a response; raises `Refused("malformed_credential")` for anything else."""
    try:
        return _parse(credential, browser_bound_signature)
    except ValueError as error:
        raise Refused("malformed_credential") from error


def _parse(credential: Any, browser_bound_signature: Any) -> AuthenticationResponse:
    credential_id, response = parse_credential(credential)
    if not credential_id:
        raise ValueError("an empty id")
    client_data = binary(response, "clientDataJSON")
    user_handle = response.get("userHandle")
    if user_handle == "":  # as some clients write what is absent
        user_handle = None
    if user_handle is not None:
        binary(response, "userHandle")
    return AuthenticationResponse(
        credential_id=credential_id,
        client_data=parse_client_data(client_data),
        client_data_bytes=client_data,
        authenticator_data=binary(response, "authenticatorData"),
        signature=binary(response, "signature"),
        user_handle=user_handle,
        browser_bound_signature=bound_signature(browser_bound_signature),
    )
