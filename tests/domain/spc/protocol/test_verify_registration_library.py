"""py_webauthn and we accept the same registrations and find the same in them; where we are stricter,
a test of its own says so.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn import verify_registration_response
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.registration.verify_registration_response import VerifiedRegistration as Theirs

from countersign.spc.protocol.verify_registration import VerifiedRegistration
from tests.support.authenticator import AT, BE, BS, ED, ES256, RS256, UP, UV, SigningKey, b64, unb64
from tests.support.chromium import Browser
from tests.support.exhaustive import exhaustive
from tests.support.spc_payments import RP_ID, SHOP, Edit, put, signing_key
from tests.support.spc_registrations import HOME, Created, created, data_of
from tests.support.spc_vectors import (
    ABSENT,
    FOLDER,
    Vector,
    bound_signature_of,
    json_of,
    name_of,
    recorded,
    registration_terms_of,
)

RIGHT = UP | UV | AT
ELSEWHERE = "https://elsewhere.example"
MAP = cbor2.dumps({"credProtect": 2})
KEYS = [signing_key(ES256), signing_key(ES256, "another"), signing_key(RS256)]


def theirs(response: Created) -> Theirs | None:
    """What py_webauthn finds, or nothing where it refuses."""
    try:
        return verify_registration_response(
            credential=response.credential,
            expected_challenge=unb64(response.terms.challenges[0]),
            expected_rp_id=response.terms.rp_id,
            expected_origin=response.terms.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(alg) for alg in (ES256, RS256)],
        )
    except WebAuthnException:
        return None


def ours(response: Created) -> VerifiedRegistration | None:
    """What we find, or nothing where we refuse."""
    return response.verify() if response.refusal() is None else None


def facts(found: VerifiedRegistration | None) -> Any:
    if found is None:
        return None
    key = found.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return (found.credential_id, key, found.sign_count, found.backup_eligible, found.backed_up)


def facts_of_theirs(found: Theirs | None) -> Any:
    if found is None:
        return None
    decoded = decode_credential_public_key(found.credential_public_key)
    key = decoded_public_key_to_cryptography(decoded)
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    eligible = found.credential_device_type == "multi_device"
    return (b64(found.credential_id), der, found.sign_count, eligible, found.credential_backed_up)


def edit_of(rng: Random) -> Edit:
    """One thing that client data may say, right or wrong."""
    bindings = ["present", "supported", "not-supported", "Present", "", None, [], {}]
    binding = {"status": rng.choice(bindings), "id": "x"}
    return rng.choice(
        [
            put("origin", to=rng.choice([HOME, SHOP, ELSEWHERE, f"{HOME}/", ""])),
            put("type", to=rng.choice(["webauthn.create", "webauthn.get", "payment.get", ""])),
            put("challenge", to=rng.choice(["", b64(bytes(32)), b64(bytes(range(32)))])),
            put("tokenBinding", to=rng.choice([binding, binding, {}, {"id": "x"}, "x", None, 1])),
            put("x", to=rng.choice([None, 1, True, {}])),
        ]
    )


def odd_data(rng: Random, key: SigningKey) -> bytes:
    """One thing that an authenticator may say, right or wrong."""
    flags = rng.choice([RIGHT | BE, RIGHT | BE | BS, RIGHT | BS, RIGHT | 0x22, UP | AT, UV | AT])
    rest = rng.choice([MAP, MAP, MAP + b"\0", MAP[:-1], b"", b"\xff"])
    right = bytearray(data_of(key.cose))
    right[rng.randrange(53)] ^= 1 << rng.randrange(8)
    return rng.choice(
        [
            data_of(key.cose, rp_id=rng.choice(["example", "", RP_ID])),
            data_of(key.cose, flags),
            data_of(key.cose, flags),
            data_of(key.cose, rng.choice([RIGHT, RIGHT | ED]), rest),
            data_of(key.cose, rng.choice([UP | UV, UP | UV | ED])),
            bytes(right),
            bytes(right[: rng.randrange(len(right))]),
        ]
    )


def odd_statement(rng: Random) -> Callable[[bytes], bytes]:
    """Another format, or another statement of the same one."""

    def edit(data: bytes) -> bytes:
        members = cbor2.loads(data)
        statement = members["attStmt"]
        if not statement or rng.random() < 0.3:
            return cbor2.dumps(members | {"fmt": rng.choice(["None", "x", "", "packed"])})
        signature = bytearray(statement["sig"])
        signature[rng.randrange(len(signature))] ^= 1 << rng.randrange(8)
        alg = rng.choice([ES256, RS256, -8, 0])
        other = rng.choice([{"sig": bytes(signature)}, {"sig": b""}, {"alg": alg}])
        return cbor2.dumps(members | {"attStmt": statement | other})

    return edit


def mutated(rng: Random) -> Created:
    """A response with one or two of its parts made otherwise, by right or by wrong."""
    parts = rng.sample(["edit", "data", "signer", "statement"], rng.choice([0, 1, 1, 2]))
    key = rng.choice(KEYS)
    made = created(
        edit_of(rng) if "edit" in parts else None,
        key=key,
        data=odd_data(rng, key) if "data" in parts else None,
        signer=rng.choice(KEYS) if "signer" in parts else rng.choice([None, key]),
    )
    return made.with_attestation(odd_statement(rng)) if "statement" in parts else made


TIMES = [(0, 100), exhaustive(1, 1000), exhaustive(2, 1000)]


@pytest.mark.parametrize(("seed", "times"), TIMES)
def test_both_accept_the_same_registrations_and_find_the_same_in_them(
    seed: int, times: int
) -> None:
    rng = Random(seed)
    responses = [mutated(rng) for _ in range(times)]
    found = [facts(ours(response)) for response in responses]
    differing = [
        response
        for response, one in zip(responses, found, strict=True)
        if facts_of_theirs(theirs(response)) != one
    ]
    assert [(one.refusal(), one.credential) for one in differing] == []
    assert 0.2 < sum(one is not None for one in found) / len(found) < 0.8


@pytest.mark.parametrize(("seed", "times"), TIMES)
def test_whatever_bytes_an_attestation_has_the_other_accepts_what_we_accept(
    seed: int, times: int
) -> None:
    rng = Random(seed)

    def edit(data: bytes) -> bytes:
        at, cut = rng.randrange(len(data)), rng.choice([0, 1, 1, 2])
        return data[:at] + rng.randbytes(rng.choice([0, 1, 1, 2])) + data[at + cut :]

    accepted = 0
    for _ in range(times):
        key = rng.choice(KEYS)
        made = created(key=key, signer=rng.choice([None, key])).with_attestation(edit)
        found = ours(made)
        if found is not None:
            accepted += 1
            assert facts(found) == facts_of_theirs(theirs(made)), made.credential
    assert accepted > times / 20  # the AAGUID and the counter, at least, may be anything


@pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
@pytest.mark.parametrize("vector", recorded("registration"), ids=name_of)
def test_both_accept_what_a_browser_registered(vector: Vector) -> None:
    made = Created(json_of(vector), bound_signature_of(vector), registration_terms_of(vector))
    assert facts(made.verify()) == facts_of_theirs(theirs(made))


def members(**changed: Any) -> Callable[[bytes], bytes]:
    """Other members of the attestation object."""
    return lambda data: cbor2.dumps(cbor2.loads(data) | changed)


def reverse(data: bytes) -> bytes:
    return cbor2.dumps(dict(reversed(cbor2.loads(data).items())))


COSE = signing_key().cose
FRAMED = Browser(HOME, ELSEWHERE, grease=False)
REVERSED = reverse(COSE)
OFF_THE_CURVE = COSE[:-1] + bytes([COSE[-1] ^ 1])
INVALID = "invalid_authenticator_data"
WE_ARE_STRICTER: dict[str, tuple[str, Callable[[], Created]]] = {
    "a frame of nobody's": ("wrong_top_origin", lambda: created(browser=FRAMED)),
    "a frame without its page": ("wrong_top_origin", lambda: created(put("crossOrigin", to=True))),
    "an id that was not signed": ("unknown_credential", lambda: created(data=data_of(COSE, id=b"another"))),
    "an id of 1024 bytes": ("malformed_credential", lambda: created(id=bytes(1024))),
    "a key in another order": (INVALID, lambda: created(data=data_of(REVERSED))),
    "a key off the curve": (INVALID, lambda: created(data=data_of(OFF_THE_CURVE))),
    "a map in another order": (INVALID, lambda: created().with_attestation(reverse)),
    "a member more": (INVALID, lambda: created().with_attestation(members(ver="2.0"))),
    "a statement where there is none": (INVALID, lambda: created().with_attestation(members(attStmt={"x": 1}))),
    "extensions that are no map": (INVALID, lambda: created(data=data_of(COSE, RIGHT | ED, cbor2.dumps(1)))),
}  # fmt: skip


@pytest.mark.parametrize("name", WE_ARE_STRICTER)
def test_here_we_refuse_what_the_other_accepts(name: str) -> None:
    code, make = WE_ARE_STRICTER[name]
    made = make()
    assert made.refusal() == code
    assert theirs(made)
