"""A browser's response to a registration, `RegistrationResponseJSON`, read strictly. Pure.

WebAuthn Level 3, section 5.1.8. The convenience members (`publicKey`, `authenticatorData`, …) are
not signed and therefore ignored.
"""

from typing import Any, NamedTuple

from countersign.spc.protocol.client_data import ClientData, parse_client_data
from countersign.spc.protocol.public_key_credential import (
    binary,
    bound_signature,
    parse_credential,
)
from countersign.spc.protocol.refusals import Refused


class RegistrationResponse(NamedTuple):
    """What a browser sent; `client_data_bytes` are those that were signed."""

    credential_id: str
    client_data: ClientData
    client_data_bytes: bytes
    attestation_object: bytes
    browser_bound_signature: bytes | None


def parse_registration_response(
    credential: Any, browser_bound_signature: Any = None
) -> RegistrationResponse:
    """Read a response; raises `Refused("malformed_credential")` for anything else."""
    try:
        return _parse(credential, browser_bound_signature)
    except ValueError as error:
        raise Refused("malformed_credential") from error


def _parse(credential: Any, browser_bound_signature: Any) -> RegistrationResponse:
    credential_id, response = parse_credential(credential)
    client_data = binary(response, "clientDataJSON")
    return RegistrationResponse(
        credential_id=credential_id,
        client_data=parse_client_data(client_data),
        client_data_bytes=client_data,
        attestation_object=binary(response, "attestationObject"),
        browser_bound_signature=bound_signature(browser_bound_signature),
    )
