"""Browser bound keys: one whose signature is wrong counts as none."""

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.authenticator import ES256, RS256, SigningKey, b64, unb64
from tests.support.chromium import Browser, Json
from tests.support.spc_payments import Payment, PaymentResponse, signing_key
from tests.support.spc_registrations import HOME, Created, created

KEYS = {ES256: signing_key(ES256, "browser"), RS256: signing_key(RS256, "browser")}
BOUND_HOME = Browser(HOME, None, KEYS[ES256])
BOUND, UNBOUND = Payment(browser_key=KEYS[ES256]), Payment()
RESPONSES = PaymentResponse | Created


def is_ignored(response: RESPONSES) -> bool:
    """Whether the key of a response, which is good otherwise, counts as none."""
    found = response.verify()
    return (found.browser_key, found.is_key_ignored) == (None, True)


def with_key(text: Any) -> PaymentResponse:
    """A response whose client data names this key."""

    def edit(members: Json) -> None:
        members["payment"]["browserBoundPublicKey"] = text

    return BOUND.answer(edit)


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_key_of_the_browser_that_signed_is_returned(algorithm: int) -> None:
    payment, browser = Payment(browser_key=KEYS[algorithm]), Browser(HOME, None, KEYS[algorithm])
    assert payment.answer().verify().browser_key == KEYS[algorithm].cose
    assert created(browser=browser).verify().browser_key == KEYS[algorithm].cose
    found = UNBOUND.answer().verify()
    assert (found.browser_key, found.is_key_ignored) == (None, False)


def test_a_key_without_its_signature_counts_as_none_and_so_does_the_reverse() -> None:
    assert is_ignored(replace(BOUND.answer(), bound_signature=None))
    assert is_ignored(replace(created(browser=BOUND_HOME), bound_signature=None))
    for signature in (BOUND.answer().bound_signature, ""):
        assert is_ignored(replace(UNBOUND.answer(), bound_signature=signature))


def raw(signature: bytes) -> bytes:
    """An ECDSA signature as COSE writes it."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


def test_an_es256_signature_may_be_in_der_or_as_cose_has_it() -> None:
    key = KEYS[ES256]
    answer, data = BOUND.answer(), BOUND.client_data()
    response = replace(answer, bound_signature=b64(raw(key.sign(data))))
    assert response.verify().browser_key == key.cose
    registration = created(browser=BOUND_HOME)
    right = raw(unb64(registration.bound_signature))
    assert replace(registration, bound_signature=b64(right)).verify().browser_key == key.cose
    for at in range(64):
        wrong = right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :]
        assert is_ignored(replace(registration, bound_signature=b64(wrong)))
    for length in (63, 65):
        assert is_ignored(replace(registration, bound_signature=b64((right + b"0")[:length])))


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
    return [*others, key.private.sign(data, ec.ECDSA(hashes.SHA384()))]


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_whose_signature_is_wrong_counts_as_none(algorithm: int) -> None:
    payment = Payment(browser_key=KEYS[algorithm])
    answer = payment.answer()
    right = KEYS[algorithm].sign(payment.client_data())
    flipped = [
        right[:at] + bytes([right[at] ^ 1 << at % 8]) + right[at + 1 :] for at in range(len(right))
    ]
    for signature in wrong_signatures(payment) + flipped:
        assert is_ignored(replace(answer, bound_signature=b64(signature)))


def test_everything_else_is_verified_before() -> None:
    lone = replace(BOUND.answer(signature=b"0"), bound_signature=None)
    assert lone.refusal() == "invalid_signature"
    old = replace(BOUND, count=7)
    assert replace(old.answer(), bound_signature=None).refusal() == "counter_regressed"
    assert lone.refusal(payee_name="Charity") == "wrong_payee"


def test_a_bound_key_does_not_stand_in_for_the_passkey() -> None:
    client_data = BOUND.client_data()
    by_browser = KEYS[ES256].sign(client_data)
    assert BOUND.sign(client_data, signature=by_browser).refusal() == "invalid_signature"


def test_another_browsers_key_counts_as_none() -> None:
    for other in (SigningKey.new(), KEYS[RS256]):
        assert is_ignored(with_key(b64(other.cose)))


@pytest.mark.parametrize("text", [
    "", "pQ==", b64(KEYS[ES256].cose) + "=", b64(KEYS[ES256].cose)[:-1], b64(KEYS[ES256].cose + b"\0"), "pQECAyY\n",
    "A" * 1472, "é", b64(cbor2.dumps(1)), 1, None, True, [], {},
])  # fmt: skip
def test_a_key_that_cannot_be_read_counts_as_none(text: Any) -> None:
    assert is_ignored(with_key(text))
