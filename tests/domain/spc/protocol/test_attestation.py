"""The signed part of a registration, made otherwise, is refused with a code and never fails."""

from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.authenticator import AT, ED, ES256, RS256, UP, UV, b64
from tests.support.spc_payments import signing_key
from tests.support.spc_registrations import Created, created, data_of

RIGHT = UP | UV | AT
INVALID = "invalid_authenticator_data"
COSE = signing_key().cose
FORMATS = ["packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple"]
STRANGE = [None, 1, "x", [1], {}, cbor2.CBORTag(2, b"x")]


@pytest.mark.parametrize("key", [
    [1, 2], {}, {1: 99, 3: ES256}, {1: 1, 3: -8, -1: 6, -2: bytes(32)},
    {1: 2, 3: ES256, -1: 1, -2: bytes(32), -3: bytes(32)}, {1: 3, 3: RS256, -1: b"\xff" * 128, -2: b"\1\0\1"},
])  # fmt: skip
def test_a_key_that_was_not_asked_for_is_refused(key: Any) -> None:
    assert created(data=data_of(cbor2.dumps(key))).refusal() == INVALID


def edited(members: dict[str, Any]) -> Callable[[bytes], bytes]:
    return lambda data: cbor2.dumps(cbor2.loads(data) | members, canonical=True)


OBJECTS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"", "no map": lambda _: cbor2.dumps([1]), "an empty map": lambda _: cbor2.dumps({}),
    "half of it": lambda data: data[: len(data) // 2], "a byte too many": lambda data: data + b"\0",
    "another order": lambda data: cbor2.dumps(dict(reversed(cbor2.loads(data).items()))),
    "a member more": edited({"ver": "2.0"}), "no data": edited({"authData": b""}), "37 bytes": edited({"authData": bytes(37)}),
    "54 bytes": edited({"authData": data_of(COSE)[:54]}), "no key": edited({"authData": data_of(b"")}),
    "half a key": edited({"authData": data_of(COSE[:40])}), "a statement of none": edited({"attStmt": {"sig": b"x"}}),
    **{f"no {name}": lambda data, name=name: cbor2.dumps({key: value for key, value in cbor2.loads(data).items() if key != name})
       for name in ("fmt", "attStmt", "authData")},
    **{f"{name} of {value}": edited({name: value}) for name in ("fmt", "attStmt", "authData") for value in STRANGE
       if (name, value) != ("attStmt", {})},
    **{f"{fmt} of nothing": edited({"fmt": fmt}) for fmt in FORMATS},
    **{f"{fmt} of nonsense": edited({"fmt": fmt, "attStmt": {
        "alg": ES256, "sig": b"x", "x5c": [b"x"], "ver": "2.0", "certInfo": b"x", "pubArea": b"x", "response": b"a.b.c"}})
       for fmt in FORMATS},
}  # fmt: skip


@pytest.mark.parametrize("what", OBJECTS)
def test_anything_but_an_attestation_object_is_refused(what: str) -> None:
    assert created().with_attestation(OBJECTS[what]).refusal() == INVALID


STATEMENTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another algorithm": lambda told: told | {"alg": RS256}, "an algorithm as a float": lambda told: told | {"alg": -7.0},
    "an algorithm as text": lambda told: told | {"alg": "ES256"}, "no algorithm": lambda told: {"sig": told["sig"]},
    "no signature": lambda told: {"alg": told["alg"]}, "an empty signature": lambda told: told | {"sig": b""},
    "a signature as text": lambda told: told | {"sig": "x"}, "a signature of something else": lambda told: told | {"sig": signing_key().sign(b"x")},
    "certificates": lambda told: {"alg": told["alg"], "sig": told["sig"], "x5c": []}, "nothing": lambda _: {},
}  # fmt: skip


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_self_attestation_is_the_credentials_signature_and_nothing_else(what: str) -> None:
    """A browser passes such a statement on, though it was not asked for."""

    def edit(data: bytes) -> bytes:
        members = cbor2.loads(data)
        statement = STATEMENTS[what](members["attStmt"])
        return cbor2.dumps(members | {"attStmt": statement}, canonical=True)

    attested = created(signer=signing_key())
    assert attested.refusal() is None
    assert attested.with_attestation(edit).refusal() == INVALID


@pytest.mark.parametrize("signer", [signing_key(ES256, "another"), signing_key(RS256)])
def test_another_key_cannot_attest_a_credential(signer: Any) -> None:
    assert created(signer=signer).refusal() == INVALID


@pytest.mark.parametrize("flags", [RIGHT, RIGHT | ED])
@pytest.mark.parametrize("rest", [
    b"", cbor2.dumps([]), cbor2.dumps(1), cbor2.dumps(float("nan")), cbor2.dumps({}) * 2,
    cbor2.dumps({"b": 1, "a": 2}), b"\xa1", b"\0",
])  # fmt: skip
def test_what_follows_the_key_is_one_map_or_nothing(flags: int, rest: bytes) -> None:
    expected = INVALID if rest or flags & ED else None
    assert created(data=data_of(COSE, flags, rest)).refusal() == expected


@pytest.mark.parametrize(
    "extensions", [{"a": 1, "b": 2}, {}, {"credProtect": 2, "minPinLength": [4]}]
)
def test_extensions_are_accepted_where_their_flag_says_so(extensions: Any) -> None:
    rest = cbor2.dumps(extensions, canonical=True)
    assert created(data=data_of(COSE, RIGHT | ED, rest)).refusal() is None
    assert created(data=data_of(COSE, RIGHT, rest)).refusal() == INVALID


cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers(-300, 300) | st.binary(max_size=40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.integers(-4, 4) | st.sampled_from(["sig", "alg", "x5c"]), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


@given(
    fmt=st.sampled_from(["none", "apple", *FORMATS]), statement=cbor_values, key=cbor_values | st.binary(max_size=90),
    flags=st.integers(0, 255), cut=st.integers(0, 50),
)  # fmt: skip
def test_a_signed_part_of_any_shape_is_refused_and_never_fails(
    fmt: str, statement: Any, key: Any, flags: int, cut: int
) -> None:
    data = data_of(key if isinstance(key, bytes) else cbor2.dumps(key), flags)
    edit = edited({"fmt": fmt, "attStmt": statement, "authData": data[: len(data) - cut]})
    assert created().with_attestation(edit).refusal() == INVALID


def test_parts_of_two_registrations_do_not_make_one() -> None:
    one, other = created(signer=signing_key()), created(lambda members: members.update(x=1))
    response = one.credential["response"] | {
        "clientDataJSON": other.credential["response"]["clientDataJSON"]
    }
    mixed = Created(one.credential | {"response": response, "id": b64(b"credential")})
    assert mixed.refusal() == INVALID
