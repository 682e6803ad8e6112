"""The signature over what the browser collected and what the authenticator says: of the registered
key, over all of it, in the one form.
"""

import dataclasses
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from msgspec.structs import replace

from countersign.spc.protocol.credential_signature import is_signed_by
from tests.support.authenticator import RS256, UP, UV, SigningKey, authenticator_data
from tests.support.spc_payments import RP_ID, Payment, PaymentResponse, signing_key

PLAIN = Payment()
RSA = Payment(key=signing_key(RS256))


@pytest.mark.parametrize("payment", [PLAIN, RSA])
@pytest.mark.parametrize("name", ["authenticatorData", "clientDataJSON", "signature"])
def test_a_flip_of_any_bit_is_refused(payment: Payment, name: str) -> None:
    answer = payment.answer()
    data = answer.bytes_of(name)
    step = 1 if payment is PLAIN else 5
    flips = [(at, bit) for at in range(0, len(data), step) for bit in range(8)]
    flipped = [
        answer.with_bytes(name, data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        for at, bit in flips
    ]
    assert [one for one in flipped if one.refusal() is None] == []


def signed(payment: Payment) -> bytes:
    """What this payment's passkey signs."""
    client_data = payment.client_data()
    return authenticator_data(RP_ID, UP | UV, payment.count) + sha256(client_data).digest()


def spelled_otherwise(payment: Payment) -> list[bytes]:
    """Signatures by the right key that are not in the one form of WebAuthn."""
    key, data = payment.key.private, signed(payment)
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return [
            key.sign(data, pss, hashes.SHA256()),
            key.sign(data, padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303
            key.sign(data, padding.PKCS1v15(), hashes.SHA512()),
            b"\0" + payment.key.sign(data),
        ]
    der = payment.key.sign(data)
    raw = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    return [
        raw,
        der + b"\0",
        b"\x30\x81" + der[1:],
        key.sign(data, ec.ECDSA(hashes.SHA512())),
        key.sign(sha256(data).digest(), ec.ECDSA(hashes.SHA256())),
    ]


@pytest.mark.parametrize("payment", [PLAIN, RSA])
def test_a_signature_has_one_form(payment: Payment) -> None:
    for signature in [*spelled_otherwise(payment), b"", b"\0", bytes(64)]:
        assert payment.answer(signature=signature).refusal() == "invalid_signature"
    assert payment.answer(signature=payment.key.sign(signed(payment))).refusal() is None


def test_a_signature_of_another_key_is_refused() -> None:
    for key in (SigningKey.new(), signing_key(RS256)):
        answer = PLAIN.answer(signature=key.sign(signed(PLAIN)))
        assert answer.refusal() == "invalid_signature"
        stranger = PaymentResponse(dataclasses.replace(PLAIN, key=key), PLAIN.answer().credential)
        assert stranger.refusal() == "invalid_signature"


def test_parts_of_two_responses_do_not_make_one() -> None:
    one = PLAIN.answer()
    other = dataclasses.replace(PLAIN, count=9).answer(
        lambda members: members.update(crossOrigin=False, x=1)
    )
    for name in ("authenticatorData", "clientDataJSON", "signature"):
        assert one.with_bytes(name, other.bytes_of(name)).refusal() == "invalid_signature"


def test_a_key_is_used_with_the_algorithm_that_it_was_registered_with() -> None:
    (known,) = PLAIN.credentials.values()
    assert is_signed_by(known, b"x", PLAIN.key.sign(b"x"))
    assert not is_signed_by(replace(known, algorithm=RS256), b"x", PLAIN.key.sign(b"x"))
