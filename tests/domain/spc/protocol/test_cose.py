"""Keys are written in the one way in which COSE and CTAP write them, so that no key passes for two."""

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from countersign.spc.protocol.cose import algorithm_of, public_key
from tests.support.authenticator import ES256, RS256, cose_members
from tests.support.spc_payments import signing_key

KEYS = {ES256: signing_key(ES256, "browser"), RS256: signing_key(RS256, "browser")}
EC, RSA = (cose_members(KEYS[kind].private.public_key()) for kind in (ES256, RS256))
P = 2**256 - 2**224 + 2**192 + 2**96 - 1


def rsa_of(bits: int) -> dict[int, Any]:
    return RSA | {-1: (1 << bits - 1 | 1).to_bytes((bits + 7) // 8, "big")}


def swapped(members: dict[int, Any]) -> bytes:
    return cbor2.dumps(dict(reversed(members.items())))


EC_COSE, RSA_COSE = cbor2.dumps(EC), cbor2.dumps(RSA)
X, Y, N = EC[-2], EC[-3], RSA[-1]
BYTES: dict[str, bytes] = {
    "nothing": b"", "no CBOR": b"\xff", "cut short": EC_COSE[:-1], "more after it": EC_COSE + b"\0", "twice": EC_COSE * 2,
    "RSA with more after it": RSA_COSE + b"\0", "another order": swapped(EC), "RSA in another order": swapped(RSA),
    "of no stated length": b"\xbf" + EC_COSE[1:] + b"\xff", "a long length": b"\xb8\x05" + EC_COSE[1:],
    "a long number": EC_COSE.replace(b"\x01\x02", b"\x01\x18\x02", 1), "a member twice": b"\xa6" + EC_COSE[1:] + b"\x01\x02",
    "tagged": b"\xc6" + EC_COSE,
}  # fmt: skip
VALUES: dict[str, Any] = {
    "no map": [2, ES256, 1, X, Y], "an empty map": {}, "a member more": EC | {-4: b""}, "a key id": {1: 2, 2: b"k"} | EC,
    "a private part": EC | {-4: bytes(32)}, "key_ops": {1: 2, 3: ES256, 4: [2]} | EC, "a named member more": EC | {"x": 1},
    "RSA with a member more": RSA | {-3: b"d"},
    **{f"EC without {name}": {key: EC[key] for key in EC if key != name} for name in EC},
    **{f"RSA without {name}": {key: RSA[key] for key in RSA if key != name} for name in RSA},
    "a type as text": {1: "EC2"} | {key: EC[key] for key in (3, -1, -2, -3)}, "a type as a float": EC | {1: 2.0},
    "an algorithm as a float": EC | {3: -7.0}, "a curve as true": EC | {-1: True}, "RSA with a type as a float": RSA | {1: 3.0},
    "OKP": {1: 1, 3: -8, -1: 6, -2: X}, "ES384": EC | {3: -35}, "ESP256": EC | {3: -9}, "PS256": RSA | {3: -37},
    "RS1": RSA | {3: -65535}, "EC with RSA's algorithm": EC | {3: RS256}, "RSA with EC's algorithm": RSA | {3: ES256},
    "P-384": EC | {-1: 2}, "secp256k1": EC | {-1: 8}, "a point off the curve": EC | {-3: bytes([Y[0] ^ 1]) + Y[1:]},
    "the point at zero": EC | {-2: bytes(32), -3: bytes(32)}, "a coordinate past the field": EC | {-2: P.to_bytes(32, "big")},
    "a compressed point": EC | {-3: bool(Y[-1] & 1)}, "a short coordinate": EC | {-2: X[1:]}, "a long coordinate": EC | {-2: b"\0" + X},
    "a coordinate as text": EC | {-2: "x" * 32}, "a coordinate as a number": EC | {-2: int.from_bytes(X, "big")},
    **{f"RSA of {bits} bits": rsa_of(bits) for bits in (1024, 2047, 8193, 16384)},
    "an even modulus": RSA | {-1: N[:-1] + bytes([N[-1] & 0xFE])}, "a modulus of zero": RSA | {-1: bytes(256)},
    "a modulus after zeros": RSA | {-1: b"\0" + N}, "an exponent after zeros": RSA | {-2: b"\0\1\0\1"},
    "an exponent of no bytes": RSA | {-2: b""}, "an exponent of one": RSA | {-2: b"\1"}, "an even exponent": RSA | {-2: b"\1\0"},
    "an exponent of five bytes": RSA | {-2: b"\1\0\0\0\1"}, "an exponent like the modulus": RSA | {-2: N},
    "an exponent as a number": RSA | {-2: 65537},
}  # fmt: skip
STRANGE = BYTES | {name: cbor2.dumps(value, canonical=True) for name, value in VALUES.items()}


@pytest.mark.parametrize("strange", STRANGE)
def test_a_key_that_is_written_otherwise_is_refused(strange: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_key(STRANGE[strange])


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_is_read_as_it_was_written(algorithm: int) -> None:
    found = public_key(KEYS[algorithm].cose)
    assert found == KEYS[algorithm].private.public_key()
    assert algorithm_of(found) == algorithm


@pytest.mark.parametrize("bits", [2048, 2049, 8192])
def test_rsa_keys_of_these_sizes_are_accepted(bits: int) -> None:
    found = public_key(cbor2.dumps(rsa_of(bits)))
    assert isinstance(found, rsa.RSAPublicKey)
    assert found.key_size == bits


@pytest.mark.parametrize("algorithm", KEYS)
@given(st.data())
def test_a_changed_key_is_refused_or_is_another_key(algorithm: int, data: st.DataObject) -> None:
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
def test_no_bytes_make_the_reader_of_keys_fail(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_key(data)
