"""A browser's answer to a registration: `RegistrationResponseJSON`, read strictly. Pure.

WebAuthn Level 3, section 5.1.8. The convenience members (`publicKey`, `authenticatorData`, …) are
not signed and not looked at.
"""

from dataclasses import dataclass
from typing import Any

from countersign.spc.protocol.authentication_response import binary, members_of
from countersign.spc.protocol.client_data import ClientData, parse_client_data, text
from countersign.spc.protocol.refusals import Refused


@dataclass(frozen=True, slots=True)
class RegistrationResponse:
    """What was answered; `client_data_bytes` are those that the browser has hashed."""

    credential_id: str
    client_data: ClientData
    client_data_bytes: bytes
    browser_bound_signature: bytes | None
    attestation_object: bytes


def parse_registration_response(
    credential: Any, browser_bound_signature: Any = None
) -> RegistrationResponse:
    """Read an answer; raises `Refused("malformed_credential")` for anything else."""
    try:
        outer = members_of(credential)
        response = members_of(outer.get("response"))
        credential_id = text(outer, "id")
        if text(outer, "type") != "public-key" or text(outer, "rawId") != credential_id:
            raise ValueError("not a public key, or two ids")
        binary(outer, "id")
        client_data = binary(response, "clientDataJSON")
        attestation_object = binary(response, "attestationObject")
        bound = {"signature": browser_bound_signature}
        return RegistrationResponse(
            credential_id=credential_id,
            client_data=parse_client_data(client_data),
            client_data_bytes=client_data,
            browser_bound_signature=(
                None if browser_bound_signature is None else binary(bound, "signature")
            ),
            attestation_object=attestation_object,
        )
    except ValueError as error:
        raise Refused("malformed_credential") from error
