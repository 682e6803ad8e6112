"""One registration that a browser is asked for, and its response with any of its parts made otherwise."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import cbor2

from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import parse_registration_response
from countersign.spc.protocol.terms import RegistrationTerms
from countersign.spc.protocol.verify_registration import (
    VerifiedRegistration,
    verify_registration,
)
from tests.support.authenticator import (
    AAGUID,
    AT,
    UP,
    UV,
    SigningKey,
    authenticator_data,
    b64,
    unb64,
)
from tests.support.chromium import Browser, write
from tests.support.spc_payments import CHALLENGE, RP_ID, SHOP, Edit, signing_key

HOME = f"https://{RP_ID}"
TERMS = RegistrationTerms((CHALLENGE,), RP_ID, HOME, {SHOP})
ID = b"credential"


@dataclass(frozen=True)
class Created:
    """A response to a registration; `terms` are those that it is checked against."""

    credential: Any
    bound_signature: Any = None
    terms: RegistrationTerms = TERMS

    def verify(self) -> VerifiedRegistration:
        response = parse_registration_response(self.credential, self.bound_signature)
        return verify_registration(response, self.terms)

    def refusal(self) -> str | None:
        """The code that it is refused with, or nothing."""
        try:
            self.verify()
        except Refused as refused:
            return refused.code
        return None

    def with_attestation(self, edit: Callable[[bytes], bytes]) -> "Created":
        """The same with other bytes for its attestation object."""
        response = self.credential["response"]
        edited = response | {"attestationObject": b64(edit(unb64(response["attestationObject"])))}
        return replace(self, credential=self.credential | {"response": edited})


def attested(key: bytes, id: bytes = ID) -> bytes:
    """Attested credential data: WebAuthn Level 3, section 6.5.1."""
    return AAGUID + struct.pack(">H", len(id)) + id + key


def data_of(
    key: bytes, flags: int = UP | UV | AT, rest: bytes = b"", *, rp_id: str = RP_ID, id: bytes = ID
) -> bytes:
    """The authenticator data of a registration, with `rest` after the key."""
    return authenticator_data(rp_id, flags, 1, attested(key, id) + rest)


def created(
    edit: Edit | None = None,
    *,
    key: SigningKey | None = None,
    data: bytes | None = None,
    signer: SigningKey | None = None,
    id: bytes = ID,
    browser: Browser | None = None,
) -> Created:
    """A response over edited client data and any authenticator data. With a `signer` it attests to
    itself: `packed`, signed by this key and of its algorithm.
    """
    key, browser = key or signing_key(), browser or Browser(HOME, grease=False)
    members = browser.registration({"challenge": CHALLENGE})
    if edit is not None:
        edit(members)
    client_data = write(members)
    data = data_of(key.cose, id=id) if data is None else data
    form, statement = "none", {}
    if signer is not None:
        signature = signer.sign(data + sha256(client_data).digest())
        form, statement = "packed", {"alg": signer.algorithm, "sig": signature}
    attestation = cbor2.dumps({"fmt": form, "attStmt": statement, "authData": data})
    response = {"clientDataJSON": b64(client_data), "attestationObject": b64(attestation)}
    credential = {"id": b64(id), "rawId": b64(id), "type": "public-key", "response": response}
    return Created(credential, browser.bound_signature(client_data))
