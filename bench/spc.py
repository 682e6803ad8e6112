"""Measure the verification of one payment confirmation, as the function does it, beside bare ECDSA
verification with `cryptography` and beside other libraries on the same response.

The bare verification loads the key from its stored bytes, as every verifier must, and checks the
signature over bytes that are at hand: it reads no base64url and no JSON, and compares nothing.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.webauthn import AuthenticationResponse
from webauthn import helpers

from bench.timing import CALLS, ROUNDS, compare, report
from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.verify_assertion import verify_assertion
from tests.support.node_verifier import node_verifier
from tests.support.spc_payments import CHALLENGE, RP_ID, SHOP, Payment, PaymentResponse

MOST = 1.41
"""What the whole may cost at most, in bare verifications."""
OURS = "countersign: parse and verify"
BARE = "bare ECDSA, key loaded from SPKI"


def main() -> None:
    """Print each as a part of the bare verification."""
    payment = Payment()
    answer = payment.answer()
    contestants = {
        OURS: _ours(answer),
        BARE: _bare(answer),
        "py_webauthn helpers": _helpers(answer),
        "fido2": _fido2(answer),
    }
    for call in contestants.values():
        call()
    found = compare(contestants)
    with node_verifier() as node:
        asked = (answer.credential, payment.terms, payment.key.cose, payment.known_count)
        assert node.accepts(*asked)
        node.times(*asked, rounds=ROUNDS, calls=CALLS)
        found["@simplewebauthn/server, by its clock"] = node.times(
            *asked, rounds=ROUNDS, calls=CALLS
        )
    report("One payment confirmation, verified", found, BARE, {OURS: MOST})


def _ours(answer: PaymentResponse) -> Callable[[], object]:
    terms, credentials = answer.payment.terms, answer.payment.credentials
    return lambda: verify_assertion(
        parse_authentication_response(answer.credential), terms, credentials
    )


def _bare(answer: PaymentResponse) -> Callable[[], object]:
    data = answer.bytes_of("authenticatorData")
    signed = data + sha256(answer.bytes_of("clientDataJSON")).digest()
    signature, spki = answer.bytes_of("signature"), answer.payment.key.spki

    def call() -> None:
        key: Any = load_der_public_key(spki)
        key.verify(signature, signed, ec.ECDSA(SHA256()))

    return call


def _helpers(answer: PaymentResponse) -> Callable[[], object]:
    """Its public helpers, since its own verification refuses `payment.get`: WebAuthn's part."""
    cose, known = answer.payment.key.cose, answer.payment.known_count

    def call() -> None:
        told = helpers.parse_authentication_credential_json(answer.credential)
        client_data = helpers.parse_client_data_json(told.response.client_data_json)
        assert helpers.bytes_to_base64url(client_data.challenge) == CHALLENGE
        assert client_data.origin == SHOP
        data = helpers.parse_authenticator_data(told.response.authenticator_data)
        assert data.rp_id_hash == sha256(RP_ID.encode()).digest()
        assert data.flags.up
        assert data.flags.uv
        assert data.sign_count > known
        helpers.parse_backup_flags(data.flags)
        decoded = helpers.decode_credential_public_key(cose)
        helpers.verify_signature(
            public_key=helpers.decoded_public_key_to_cryptography(decoded),
            signature_alg=decoded.alg,
            signature=told.response.signature,
            data=told.response.authenticator_data + sha256(told.response.client_data_json).digest(),
        )

    return call


def _fido2(answer: PaymentResponse) -> Callable[[], object]:
    """Its public parts, since its server refuses `payment.get` too: WebAuthn's part."""

    def call() -> None:
        told = AuthenticationResponse.from_dict(answer.credential).response
        data = told.authenticator_data
        assert data.rp_id_hash == sha256(RP_ID.encode()).digest()
        assert data.is_user_present()
        assert data.is_user_verified()
        assert told.client_data.origin == SHOP
        cose: Any = cbor.decode(answer.payment.key.cose)
        CoseKey.parse(cose).verify(data + told.client_data.hash, told.signature)

    return call


if __name__ == "__main__":
    main()
