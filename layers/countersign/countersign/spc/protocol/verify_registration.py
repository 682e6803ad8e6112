"""Verify the registration of a payment credential, step by step as the standard has it. Pure.

WebAuthn Level 3, section 7.1 (the numbered steps). What is returned comes from the signed
authenticator data alone.
"""

import hashlib
from typing import NamedTuple

from countersign.crypto.public_key import PublicKey
from countersign.formats import base64url
from countersign.spc.protocol.attestation import check_attestation, parse_attestation
from countersign.spc.protocol.authenticator_data import (
    AttestedCredential,
    AuthenticatorData,
    hash_of,
    parse_registration_data,
)
from countersign.spc.protocol.browser_key import bound_key
from countersign.spc.protocol.client_data import ClientData, check_caller, has_challenge
from countersign.spc.protocol.cose import public_key
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import RegistrationResponse
from countersign.spc.protocol.terms import RegistrationTerms

TYPE = "webauthn.create"
_TOKEN_BINDINGS = ("supported", "present")


class VerifiedRegistration(NamedTuple):
    """What a genuine response says of a new credential: its id (base64url), its key, its counter
    and backup state, and the COSE key of the browser, if it has bound one. `is_key_ignored` says
    that a wrong one counts as none.
    """

    credential_id: str
    public_key: PublicKey
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    browser_key: bytes | None
    is_key_ignored: bool = False


def verify_registration(
    response: RegistrationResponse, expected: RegistrationTerms
) -> VerifiedRegistration:
    """Verify a response against the terms of its ceremony.

    Raises `Refused` with the code of the first step that fails; of steps 12 to 25 it is always
    `invalid_authenticator_data`.
    """
    _check_client_data(response.client_data, expected)  # steps 7 to 11
    try:
        _check_token_binding(response.client_data)
        digest = hashlib.sha256(response.client_data_bytes).digest()  # step 12
        attestation = parse_attestation(response.attestation_object)  # step 13
        data, credential = parse_registration_data(attestation.authenticator_data)  # and step 25
        _check_authenticator_data(data, expected.rp_id)  # steps 14 to 17
        key = public_key(credential.key)  # step 20: ES256 or RS256, as it was asked for
        check_attestation(attestation, key, digest)  # steps 21 to 24
    except ValueError as error:
        raise Refused("invalid_authenticator_data") from error
    return _verified(response, data, credential, key)


def _check_client_data(data: ClientData, expected: RegistrationTerms) -> None:
    if data.type != TYPE:  # step 7
        raise Refused("wrong_type")
    if not has_challenge(data, expected.challenges):  # step 8
        raise Refused("wrong_challenge")
    check_caller(data, (expected.origin,), expected.top_origins)  # steps 9 to 11


def _check_token_binding(data: ClientData) -> None:
    """Level 2, section 7.1, step 10: Level 3 reserves the member and no longer looks at it. Some
    U2F devices write a text in its place.
    """
    binding = data.members.get("tokenBinding")
    if isinstance(binding, dict) and binding.get("status") not in _TOKEN_BINDINGS:
        raise ValueError("not the status of a token binding")


def _check_authenticator_data(data: AuthenticatorData, rp_id: str) -> None:
    if data.rp_id_hash != hash_of(rp_id):  # step 14
        raise ValueError("for another relying party")
    if not data.user_present:  # step 15
        raise ValueError("the user was not present")
    if not data.user_verified:  # step 16: a payment credential always asks for it
        raise ValueError("the user was not verified")
    if data.backed_up and not data.backup_eligible:  # step 17
        raise ValueError("backed up, but not eligible for it")


def _verified(
    response: RegistrationResponse,
    data: AuthenticatorData,
    credential: AttestedCredential,
    key: PublicKey,
) -> VerifiedRegistration:
    """Return the contents of the credential's record (step 27)."""
    credential_id = base64url.encode(credential.id)
    if credential_id != response.credential_id:
        raise Refused("unknown_credential")
    bound = bound_key(response)  # step 28: the payment extension's output
    return VerifiedRegistration(
        credential_id=credential_id,
        public_key=key,
        sign_count=data.sign_count,
        backup_eligible=data.backup_eligible,
        backed_up=data.backed_up,
        browser_key=bound.key,
        is_key_ignored=bound.is_ignored,
    )
