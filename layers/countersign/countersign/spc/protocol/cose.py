"""COSE keys: RFC 9052, section 7; RFC 9053, section 7.1.1; RFC 8230, section 4. Pure."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from countersign.crypto.public_key import PublicKey
from countersign.spc.protocol import cbor
from countersign.spc.protocol.credential import ES256, RS256

_KTY, _ALG, _CRV, _X, _Y = 1, 3, -1, -2, -3
_N, _E = -1, -2
_EC2, _RSA, _P256 = 2, 3, 1
_COORDINATE = 32
_SMALLEST, _LARGEST = 2048, 8192
"""Bits of an RSA modulus."""


def public_key(cose: bytes) -> PublicKey:
    """Read a COSE_Key: ES256 on P-256 or RS256, with its required members and no others, in the one
    spelling, so that one key never passes for two.

    Raises `ValueError` for any other, for a point off the curve, and for an RSA key that is too
    small, too large, or has an even or tiny exponent.
    """
    members = cbor.loads(cose)
    if not isinstance(members, dict):
        raise ValueError("not a COSE key")
    key = _elliptic(members) if members.get(_KTY) == _EC2 else _rsa(members)
    if cbor.dumps(_members(key)) != cose:
        raise ValueError("not an ES256 or RS256 key in canonical form")
    return key


def _members(key: PublicKey) -> dict[int, Any]:
    """Return a key as a COSE map, its integers in as few octets as they need."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        x, y = (number.to_bytes(_COORDINATE, "big") for number in (point.x, point.y))
        return {_KTY: _EC2, _ALG: ES256, _CRV: _P256, _X: x, _Y: y}
    numbers = key.public_numbers()
    return {_KTY: _RSA, _ALG: RS256, _N: _octets(numbers.n), _E: _octets(numbers.e)}


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def algorithm_of(key: PublicKey) -> int:
    """Return the COSE algorithm of a key."""
    return ES256 if isinstance(key, ec.EllipticCurvePublicKey) else RS256


def _elliptic(members: dict[int, Any]) -> ec.EllipticCurvePublicKey:
    x, y = _bytes(members, _X), _bytes(members, _Y)
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise ValueError("not on P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)


def _rsa(members: dict[int, Any]) -> rsa.RSAPublicKey:
    modulus = int.from_bytes(_bytes(members, _N), "big")
    exponent = int.from_bytes(_bytes(members, _E), "big")
    if not _SMALLEST <= modulus.bit_length() <= _LARGEST or modulus % 2 == 0:
        raise ValueError("not a size of RSA key that is accepted")
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > 32:
        raise ValueError("not an exponent of an RSA key that is accepted")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _bytes(members: dict[int, Any], name: int) -> bytes:
    value = members.get(name)
    if not isinstance(value, bytes):
        raise ValueError("not a byte string")
    return value
