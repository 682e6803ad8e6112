"""The signed part of a registration, made otherwise: refused with a word, and never a failure of ours."""

import hashlib
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.problems import Problem
from countersign.spc import credentials
from countersign.spc.context import Context
from tests.support.authenticator import (
    AT,
    ED,
    ES256,
    RS256,
    UP,
    UV,
    SigningKey,
    b64,
    unb64,
)
from tests.support.chromium import Json, write
from tests.support.spc_payments import signing_key
from tests.support.spc_people import (
    HOME,
    USER,
    begun,
    body_of,
    created,
    finished,
    new_passkey,
    plain_browser,
    register,
)
from tests.support.visits import refusal

FEWER = settings(max_examples=settings().max_examples // 2)


POINT = signing_key().cose
ODD_KEYS: dict[str, Any] = {
    "no map": [1, 2], "nothing": {}, "no type": {3: ES256}, "a type that is none": {1: 99, 3: ES256},
    "Ed25519": {1: 1, 3: -8, -1: 6, -2: bytes(32)}, "P-384": {1: 2, 3: -35, -1: 2, -2: bytes(48), -3: bytes(48)},
    "off the curve": {1: 2, 3: ES256, -1: 1, -2: bytes(32), -3: bytes(32)},
    "short coordinates": {1: 2, 3: ES256, -1: 1, -2: b"x", -3: b"y"},
    "no coordinates": {1: 2, 3: ES256, -1: 1}, "text for octets": {1: 2, 3: ES256, -1: 1, -2: "x", -3: "y"},
    "an RSA key of 1024 bits": {1: 3, 3: RS256, -1: b"\xff" * 128, -2: b"\1\0\1"},
    "an RSA key of nothing": {1: 3, 3: RS256, -1: b"", -2: b""}, "RSA without a modulus": {1: 3, 3: RS256},
    "ES256 with another curve": {1: 2, 3: ES256, -1: 2, -2: bytes(32), -3: bytes(32)},
    "an algorithm that is none": {1: 2, 3: "ES256", -1: 1, -2: bytes(32), -3: bytes(32)},
    "a list as an algorithm": {1: 2, 3: [ES256], -1: 1, -2: bytes(32), -3: bytes(32)},
}  # fmt: skip


class OddKey(SigningKey):
    """A key whose public form is anything."""

    def __init__(self, cose: Any) -> None:
        object.__setattr__(self, "private", signing_key().private)
        object.__setattr__(self, "cose", cose if isinstance(cose, bytes) else cbor2.dumps(cose))


@pytest.mark.parametrize("what", ODD_KEYS)
def test_a_key_that_is_none_of_ours_is_refused(spc: Context, what: str) -> None:
    problem = refusal(register, spc, key=OddKey(ODD_KEYS[what]))
    assert problem.code == "invalid_authenticator_data"
    assert credentials.credential_ids(spc.table, USER) == []


def with_attestation(context: Context, make: Callable[[bytes], bytes]) -> Json:
    """A registration whose attestation object is made otherwise."""
    told = begun(context)
    body = created(told["publicKey"], new_passkey(told["publicKey"]), plain_browser(HOME))
    response = body["credential"]["response"]
    response["attestationObject"] = b64(make(unb64(response["attestationObject"])))
    return told | body


def edited(members: Json) -> Callable[[bytes], bytes]:
    return lambda data: cbor2.dumps(cbor2.loads(data) | members)


STATEMENTS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"", "no map": lambda _: cbor2.dumps([1]), "an empty map": lambda _: cbor2.dumps({}),
    "half of it": lambda data: data[: len(data) // 2], "a byte too many": lambda data: data + b"\0",
    "no format": lambda data: cbor2.dumps({"attStmt": {}, "authData": cbor2.loads(data)["authData"]}),
    "a format of no kind": edited({"fmt": 5}), "a format nobody knows": edited({"fmt": "x"}),
    "a statement of none": edited({"attStmt": {"sig": b"x"}}), "a list as a statement": edited({"attStmt": [1]}),
    "no data": edited({"authData": b""}), "text for data": edited({"authData": "x"}), "null for data": edited({"authData": None}),
    "37 bytes of data": edited({"authData": bytes(37)}),
    **{f"{fmt} of nothing": edited({"fmt": fmt}) for fmt in (
        "packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple")},
    **{f"{fmt} of nonsense": edited({"fmt": fmt, "attStmt": {
        "alg": ES256, "sig": b"x", "x5c": [b"x"], "ver": "2.0", "certInfo": b"x", "pubArea": b"x", "response": b"a.b.c"}})
       for fmt in ("packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple")},
    "packed by itself": edited({"fmt": "packed", "attStmt": {"alg": ES256, "sig": b"x"}}),
    "packed of wrong types": edited({"fmt": "packed", "attStmt": {"alg": "x", "sig": 5, "x5c": 5}}),
}  # fmt: skip


@pytest.mark.parametrize("what", STATEMENTS)
def test_an_attestation_that_is_none_is_refused(spc: Context, what: str) -> None:
    body = with_attestation(spc, STATEMENTS[what])
    problem = refusal(finished, spc, body, body)
    assert problem.code in ("invalid_authenticator_data", "malformed_credential")
    assert credentials.credential_ids(spc.table, USER) == []


def after_the_key(flags: int, rest: bytes) -> Callable[[bytes], bytes]:
    """Other flags, and these bytes after the key."""

    def edit(data: bytes) -> bytes:
        members = cbor2.loads(data)
        signed = members["authData"]
        said = signed[:32] + bytes([flags]) + signed[33:] + rest
        return cbor2.dumps(members | {"authData": said})

    return edit


@pytest.mark.parametrize("flags", [UP | UV | AT, UP | UV | AT | ED])
@pytest.mark.parametrize("rest", [
    b"", cbor2.dumps([]), cbor2.dumps(1), cbor2.dumps("x"), cbor2.dumps(None), cbor2.dumps(float("nan")), cbor2.dumps({}) * 2,
    cbor2.dumps({"b": 1, "a": 2}), b"\xa1", b"\0",
])  # fmt: skip
def test_extensions_are_a_map_where_their_flag_says_so_and_nothing_else_ever(
    spc: Context, flags: int, rest: bytes
) -> None:
    body = with_attestation(spc, after_the_key(flags, rest))
    if rest or flags & ED:
        assert refusal(finished, spc, body, body).code == "invalid_authenticator_data"
        assert credentials.credential_ids(spc.table, USER) == []
    else:
        assert finished(spc, body, body)


def test_a_map_without_its_flag_is_refused_and_with_it_is_not(spc: Context) -> None:
    for flags, extensions in ((0, {"a": 1}), (ED, {"a": 1, "b": 2}), (ED, {})):
        edit = after_the_key(UP | UV | AT | flags, cbor2.dumps(extensions, canonical=True))
        body = with_attestation(spc, edit)
        if flags:
            assert finished(spc, body, body)
        else:
            assert refusal(finished, spc, body, body).code == "invalid_authenticator_data"


cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers(-300, 300) | st.binary(max_size=40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.integers(-4, 4) | st.sampled_from(["sig", "alg", "x5c"]), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


@FEWER
@given(
    fmt=st.sampled_from(["none", "packed", "apple", "tpm", "fido-u2f", "android-key"]),
    statement=cbor_values, key=cbor_values | st.binary(max_size=90), flags=st.integers(0, 255),
    cut=st.integers(0, 200),
)  # fmt: skip
def test_no_signed_part_of_any_shape_is_more_than_refused(
    spc: Context, fmt: str, statement: Any, key: Any, flags: int, cut: int
) -> None:
    told = begun(spc)
    passkey = new_passkey(told["publicKey"], key=OddKey(key), flags=flags, id=b"the same id")
    client_data = write(plain_browser(HOME).registration(told["publicKey"]))
    body = body_of(plain_browser(HOME), passkey.register(client_data), client_data)
    response = body["credential"]["response"]
    members = cbor2.loads(unb64(response["attestationObject"]))
    members |= {"fmt": fmt, "attStmt": statement}
    members["authData"] = members["authData"][: len(members["authData"]) - cut // 4]
    response["attestationObject"] = b64(cbor2.dumps(members))
    assert isinstance(refusal(finished, spc, told, body), Problem)


@FEWER
@given(place=st.integers(0, 400), piece=st.binary(max_size=4))
def test_no_byte_of_it_otherwise_is_more_than_refused(
    spc: Context, place: int, piece: bytes
) -> None:
    def edit(data: bytes) -> bytes:
        at = place % len(data)
        return data[:at] + piece + data[at + 1 :]

    body = with_attestation(spc, edit)
    try:
        finished(spc, body, body)
    except Problem as problem:
        assert problem.status == 400


def self_attested(data: bytes, client_data: bytes, *, signed: bytes = b"") -> bytes:
    """The statement of an authenticator that attests with the credential's own key."""
    members = cbor2.loads(data)
    over = members["authData"] + hashlib.sha256(client_data).digest()
    statement = {"alg": ES256, "sig": signed or signing_key().sign(over)}
    return cbor2.dumps(members | {"fmt": "packed", "attStmt": statement})


@pytest.mark.parametrize("forged", [False, True])
def test_a_credential_may_attest_itself_with_its_own_signature_alone(
    spc: Context, forged: bool
) -> None:
    """A browser passes such a statement on, though it was not asked for."""
    told = begun(spc)
    passkey = new_passkey(told["publicKey"], key=signing_key())
    body = created(told["publicKey"], passkey, plain_browser(HOME))
    response = body["credential"]["response"]
    signed = signing_key(ES256, "somebody").sign(b"x") if forged else b""
    client_data = unb64(response["clientDataJSON"])
    made = self_attested(unb64(response["attestationObject"]), client_data, signed=signed)
    response["attestationObject"] = b64(made)
    if forged:
        assert refusal(finished, spc, told, body).code == "invalid_authenticator_data"
    else:
        assert finished(spc, told, body).credential_id == b64(passkey.id)


def test_the_id_that_is_told_is_the_one_that_was_signed(spc: Context) -> None:
    told = begun(spc)
    body = created(told["publicKey"], new_passkey(told["publicKey"]), plain_browser(HOME))
    body["credential"] |= {"id": b64(b"another"), "rawId": b64(b"another")}
    assert refusal(finished, spc, told, body).code in ("unknown_credential", "invalid_authenticator_data")  # fmt: skip
    assert credentials.credential_ids(spc.table, USER) == []
