"""Browser bound keys: both the key and its signature or neither, and keys that are written in the one
way in which COSE and CTAP write them, so that no key passes for two.
"""

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from countersign.spc.protocol.browser_key import check_browser_key
from countersign.spc.protocol.cose import algorithm_of, public_key
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import parse_registration_response
from tests.support.authenticator import ES256, RS256, SigningKey, b64, cose_members
from tests.support.chromium import Browser, Json, write
from tests.support.spc_payments import CHALLENGE, SHOP, Payment, signing_key

KEYS = {ES256: signing_key(ES256, "browser"), RS256: signing_key(RS256, "browser")}
BOUND, UNBOUND = Payment(browser_key=KEYS[ES256]), Payment()
EC, RSA = (cose_members(KEYS[kind].private.public_key()) for kind in (ES256, RS256))
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
INVALID = "invalid_browser_bound_key"


def with_key(text: Any, signature: Any = None) -> str | None:
    """The refusal of an answer whose client data names this key."""

    def edit(members: Json) -> None:
        members["payment"]["browserBoundPublicKey"] = text

    answer = BOUND.answer(edit)
    return replace(answer, bound_signature=signature or answer.bound_signature).refusal()


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_bound_key_that_signed_is_told(algorithm: int) -> None:
    payment = Payment(browser_key=KEYS[algorithm])
    assert payment.answer().verify().browser_key == KEYS[algorithm].cose


def test_a_browser_that_binds_no_key_tells_none() -> None:
    assert UNBOUND.answer().verify().browser_key is None


def test_a_key_without_a_signature_is_refused() -> None:
    assert replace(BOUND.answer(), bound_signature=None).refusal() == INVALID


def test_a_signature_without_a_key_is_refused() -> None:
    for signature in (BOUND.answer().bound_signature, ""):
        assert replace(UNBOUND.answer(), bound_signature=signature).refusal() == INVALID


def wrong_signatures(payment: Payment) -> list[bytes]:
    """Signatures that another key made, or this one over something else or in another way."""
    key, data = payment.browser.browser_key, payment.client_data()
    assert key is not None
    passkeys = payment.answer().bytes_of("signature")
    others = [
        b"",
        bytes(64),
        key.sign(data + b" "),
        key.sign(b""),
        passkeys,
        payment.key.sign(data),
    ]
    if isinstance(key.private, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return [*others, key.private.sign(data, pss, hashes.SHA256())]
    r_and_s = decode_dss_signature(key.sign(data))
    raw = b"".join(number.to_bytes(32, "big") for number in r_and_s)
    return [*others, raw, key.private.sign(data, ec.ECDSA(hashes.SHA384()))]


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_wrong_signature_is_refused(algorithm: int) -> None:
    payment = Payment(browser_key=KEYS[algorithm])
    for signature in wrong_signatures(payment):
        assert replace(payment.answer(), bound_signature=b64(signature)).refusal() == INVALID


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_flip_of_any_bit_of_the_signature_is_refused(algorithm: int) -> None:
    payment = Payment(browser_key=KEYS[algorithm])
    answer = payment.answer()
    signature = KEYS[algorithm].sign(payment.client_data())
    for at in range(len(signature)):
        flipped = signature[:at] + bytes([signature[at] ^ 1 << at % 8]) + signature[at + 1 :]
        assert replace(answer, bound_signature=b64(flipped)).refusal() == INVALID


def test_another_browsers_key_is_refused() -> None:
    for other in (SigningKey.new(), KEYS[RS256]):
        assert with_key(b64(other.cose)) == INVALID


def test_everything_else_is_checked_before() -> None:
    lone = replace(BOUND.answer(signature=b"0"), bound_signature=None)
    assert lone.refusal() == "invalid_signature"
    old = replace(BOUND, count=7)
    assert replace(old.answer(), bound_signature=None).refusal() == "counter_regressed"
    assert lone.refusal(payee_name="Charity") == "wrong_payee"


def test_a_bound_key_does_not_stand_in_for_the_passkey() -> None:
    client_data = BOUND.client_data()
    by_browser = KEYS[ES256].sign(client_data)
    assert BOUND.sign(client_data, signature=by_browser).refusal() == "invalid_signature"


@pytest.mark.parametrize("text", [
    "", "=", "pQ==", b64(KEYS[ES256].cose) + "=", b64(KEYS[ES256].cose)[:-1], "pQECAyY\n",
    "A" * 20_000, 1, None, True, [], {}, "é",
])  # fmt: skip
def test_a_key_that_can_not_be_read_is_refused(text: Any) -> None:
    assert with_key(text) in (INVALID, "malformed_credential")


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_registration_tells_the_key_that_signed_it(algorithm: int) -> None:
    browser = Browser(SHOP, browser_key=KEYS[algorithm])
    client_data = write(browser.registration({"challenge": CHALLENGE}))
    credential = BOUND.passkey.register(client_data)
    signature = browser.bound_signature(client_data)
    assert (
        check_browser_key(parse_registration_response(credential, signature))
        == KEYS[algorithm].cose
    )
    for wrong in (None, b64(KEYS[algorithm].sign(b""))):
        with pytest.raises(Refused, match=INVALID):
            check_browser_key(parse_registration_response(credential, wrong))


def rsa_of(bits: int) -> dict[int, Any]:
    return RSA | {-1: (1 << bits - 1 | 1).to_bytes((bits + 7) // 8, "big")}


def swapped(members: dict[int, Any]) -> bytes:
    return cbor2.dumps(dict(reversed(members.items())))


def without(members: dict[int, Any], name: int) -> bytes:
    return cbor2.dumps({key: value for key, value in members.items() if key != name})


EC_COSE, RSA_COSE = cbor2.dumps(EC), cbor2.dumps(RSA)
X, Y, N = EC[-2], EC[-3], RSA[-1]
STRANGE: dict[str, bytes] = {
    "nothing": b"",
    "no map": cbor2.dumps([2, ES256, 1, X, Y]),
    "an empty map": cbor2.dumps({}),
    "no CBOR": b"\xff",
    "cut short": EC_COSE[:-1],
    "more after it": EC_COSE + b"\0",
    "twice": EC_COSE + EC_COSE,
    "RSA with more after it": RSA_COSE + b"\0",
    "another order": swapped(EC),
    "RSA in another order": swapped(RSA),
    "of no stated length": b"\xbf" + EC_COSE[1:] + b"\xff",
    "a long length": b"\xb8\x05" + EC_COSE[1:],
    "a long number": EC_COSE.replace(b"\x01\x02", b"\x01\x18\x02", 1),
    "a member twice": b"\xa6" + EC_COSE[1:] + b"\x01\x02",
    "a member more": cbor2.dumps(EC | {-4: b""}),
    "a key id": cbor2.dumps({1: 2, 2: b"k"} | EC),
    "a private part": cbor2.dumps(EC | {-4: bytes(32)}),
    "key_ops": cbor2.dumps({1: 2, 3: ES256, 4: [2]} | EC),
    "a named member more": cbor2.dumps(EC | {"x": 1}),
    "RSA with a member more": cbor2.dumps(RSA | {-3: b"d"}),
    "tagged": b"\xc6" + EC_COSE,
    "no type": without(EC, 1),
    "no algorithm": without(EC, 3),
    "no curve": without(EC, -1),
    "no x": without(EC, -2),
    "no y": without(EC, -3),
    "no modulus": without(RSA, -1),
    "no exponent": without(RSA, -2),
    "a type as text": cbor2.dumps({1: "EC2"} | {key: EC[key] for key in (3, -1, -2, -3)}),
    "a type as a float": cbor2.dumps(EC | {1: 2.0}, canonical=True),
    "an algorithm as a float": cbor2.dumps(EC | {3: -7.0}, canonical=True),
    "a curve as true": cbor2.dumps(EC | {-1: True}),
    "RSA with a type as a float": cbor2.dumps(RSA | {1: 3.0}, canonical=True),
    "OKP": cbor2.dumps({1: 1, 3: -8, -1: 6, -2: X}),
    "ES384": cbor2.dumps(EC | {3: -35}),
    "ESP256": cbor2.dumps(EC | {3: -9}),
    "PS256": cbor2.dumps(RSA | {3: -37}),
    "RS1": cbor2.dumps(RSA | {3: -65535}),
    "EC with RSA's algorithm": cbor2.dumps(EC | {3: RS256}),
    "RSA with EC's algorithm": cbor2.dumps(RSA | {3: ES256}),
    "P-384": cbor2.dumps(EC | {-1: 2}),
    "secp256k1": cbor2.dumps(EC | {-1: 8}),
    "a point off the curve": cbor2.dumps(EC | {-3: bytes([Y[0] ^ 1]) + Y[1:]}),
    "the point at nought": cbor2.dumps(EC | {-2: bytes(32), -3: bytes(32)}),
    "a coordinate past the field": cbor2.dumps(EC | {-2: P.to_bytes(32, "big")}),
    "a compressed point": cbor2.dumps(EC | {-3: bool(Y[-1] & 1)}),
    "a short coordinate": cbor2.dumps(EC | {-2: X[1:]}),
    "a long coordinate": cbor2.dumps(EC | {-2: b"\0" + X}),
    "a coordinate as text": cbor2.dumps(EC | {-2: "x" * 32}),
    "a coordinate as a number": cbor2.dumps(EC | {-2: int.from_bytes(X, "big")}),
    "RSA of 1024 bits": cbor2.dumps(rsa_of(1024)),
    "RSA of 2047 bits": cbor2.dumps(rsa_of(2047)),
    "RSA of 8193 bits": cbor2.dumps(rsa_of(8193)),
    "RSA of 16384 bits": cbor2.dumps(rsa_of(16384)),
    "an even modulus": cbor2.dumps(RSA | {-1: N[:-1] + bytes([N[-1] & 0xFE])}),
    "a modulus of nought": cbor2.dumps(RSA | {-1: bytes(256)}),
    "a modulus after noughts": cbor2.dumps(RSA | {-1: b"\0" + N}),
    "an exponent after noughts": cbor2.dumps(RSA | {-2: b"\0\1\0\1"}),
    "no exponent's bytes": cbor2.dumps(RSA | {-2: b""}),
    "an exponent of one": cbor2.dumps(RSA | {-2: b"\1"}),
    "an even exponent": cbor2.dumps(RSA | {-2: b"\1\0"}),
    "an exponent of five bytes": cbor2.dumps(RSA | {-2: b"\1\0\0\0\1"}),
    "an exponent like the modulus": cbor2.dumps(RSA | {-2: N}),
    "an exponent as a number": cbor2.dumps(RSA | {-2: 65537}),
}  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
def test_a_key_that_is_not_written_so_is_refused(strange: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_key(STRANGE[strange])
    assert with_key(b64(STRANGE[strange])) == INVALID


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_is_read_as_it_was_written(algorithm: int) -> None:
    found = public_key(KEYS[algorithm].cose)
    assert found == KEYS[algorithm].private.public_key()
    assert algorithm_of(found) == algorithm


@pytest.mark.parametrize("bits", [2048, 2049, 3072, 4096, 8192])
def test_rsa_keys_of_these_sizes_are_taken(bits: int) -> None:
    found = public_key(cbor2.dumps(rsa_of(bits)))
    assert isinstance(found, rsa.RSAPublicKey)
    assert found.key_size == bits


@pytest.mark.parametrize("algorithm", KEYS)
@given(st.data())
def test_no_change_of_a_key_breaks_it_or_leaves_it_the_same(
    algorithm: int, data: st.DataObject
) -> None:
    whole = bytearray(KEYS[algorithm].cose)
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.integers(0, 3))
    whole[at : at + cut] = data.draw(st.binary(max_size=3))
    try:
        found = public_key(bytes(whole))
    except ValueError:
        return
    assert cbor2.dumps(cose_members(found)) == bytes(whole)


@given(st.binary(max_size=100))
def test_no_bytes_for_a_key_break_it(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_key(data)
