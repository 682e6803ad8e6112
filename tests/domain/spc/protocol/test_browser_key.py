"""Browser bound keys: both the key and its signature or neither."""

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.authenticator import ES256, RS256, SigningKey, b64
from tests.support.chromium import Browser, Json
from tests.support.spc_payments import Payment, signing_key
from tests.support.spc_registrations import HOME, created

KEYS = {ES256: signing_key(ES256, "browser"), RS256: signing_key(RS256, "browser")}
BOUND, UNBOUND = Payment(browser_key=KEYS[ES256]), Payment()
INVALID = "invalid_browser_bound_key"


def with_key(text: Any) -> str | None:
    """The refusal of a response whose client data names this key."""

    def edit(members: Json) -> None:
        members["payment"]["browserBoundPublicKey"] = text

    return BOUND.answer(edit).refusal()


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_key_of_the_browser_that_signed_is_returned(algorithm: int) -> None:
    payment, browser = Payment(browser_key=KEYS[algorithm]), Browser(HOME, None, KEYS[algorithm])
    assert payment.answer().verify().browser_key == KEYS[algorithm].cose
    assert created(browser=browser).verify().browser_key == KEYS[algorithm].cose
    assert UNBOUND.answer().verify().browser_key is None


def test_a_key_and_its_signature_come_together() -> None:
    assert replace(BOUND.answer(), bound_signature=None).refusal() == INVALID
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
def test_a_wrong_signature_and_a_flip_of_any_bit_are_refused(algorithm: int) -> None:
    payment = Payment(browser_key=KEYS[algorithm])
    answer = payment.answer()
    right = KEYS[algorithm].sign(payment.client_data())
    flipped = [
        right[:at] + bytes([right[at] ^ 1 << at % 8]) + right[at + 1 :] for at in range(len(right))
    ]
    for signature in wrong_signatures(payment) + flipped:
        assert replace(answer, bound_signature=b64(signature)).refusal() == INVALID


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


def test_another_browsers_key_is_refused() -> None:
    for other in (SigningKey.new(), KEYS[RS256]):
        assert with_key(b64(other.cose)) == INVALID


@pytest.mark.parametrize("text", [
    "", "pQ==", b64(KEYS[ES256].cose) + "=", b64(KEYS[ES256].cose)[:-1], b64(KEYS[ES256].cose + b"\0"), "pQECAyY\n",
    "A" * 1472, "é", b64(cbor2.dumps(1)), 1, None, True, [], {},
])  # fmt: skip
def test_a_key_that_cannot_be_read_is_refused(text: Any) -> None:
    assert with_key(text) == INVALID
