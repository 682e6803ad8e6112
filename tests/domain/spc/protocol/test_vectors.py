"""Recorded answers of Chromium are accepted on their own terms, and refused on any others."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.browser_key import check_browser_key
from countersign.spc.protocol.cose import algorithm_of, public_key
from countersign.spc.protocol.credential import Credential
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import parse_registration_response
from countersign.spc.protocol.terms import (
    Instrument,
    Logo,
    Terms,
    Total,
)
from countersign.spc.protocol.verify_assertion import Verified, verify
from tests.support.authenticator import b64, unb64
from tests.support.spc_vectors import (
    ABSENT,
    FOLDER,
    Vector,
    bound_signature_of,
    credential_of,
    json_of,
    name_of,
    recorded,
    terms_of,
    total_of,
)

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
PAYMENTS, REGISTRATIONS = recorded("authentication"), recorded("registration")
by_vector = partial(pytest.mark.parametrize, "vector", ids=name_of)
ELSEWHERE = frozenset({"https://elsewhere.example"})

WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "challenge": ("wrong_challenge", {"challenges": (b64(bytes(32)),)}),
    "no challenge": ("wrong_challenge", {"challenges": ()}),
    "origin": ("wrong_origin", {"origins": ELSEWHERE}),
    "no origin": ("wrong_origin", {"origins": frozenset()}),
    "top origin": ("wrong_top_origin", {"top_origins": ELSEWHERE}),
    "rp id": ("wrong_rp_id", {"rp_id": "elsewhere.example"}),
    "parent's rp id": ("wrong_rp_id", {"rp_id": "example"}),
    "payee name": ("wrong_payee", {"payee_name": "Charity"}),
    "empty payee name": ("wrong_payee", {"payee_name": ""}),
    "payee origin": ("wrong_payee", {"payee_origin": "https://charity.example"}),
    "payee": ("wrong_payee", {"payee_name": None, "payee_origin": None}),
    "value": ("wrong_total", {"total": Total("12.340", "EUR")}),
    "currency": ("wrong_total", {"total": Total("12.34", "USD")}),
}


def check(
    vector: Vector, expected: Terms | None = None, credential: Credential | None = None
) -> Verified:
    credential = credential or credential_of(vector)
    answer = parse_authentication_response(json_of(vector), bound_signature_of(vector))
    return verify(answer, expected or terms_of(vector), {credential.id: credential})


def refusal(vector: Vector, **terms: Any) -> str:
    with pytest.raises(Refused) as refused:
        check(vector, replace(terms_of(vector), **terms))
    return refused.value.code


@by_vector(PAYMENTS)
def test_what_the_browser_answered_is_accepted(vector: Vector) -> None:
    data = unb64(json_of(vector)["response"]["authenticatorData"])
    bound = json.loads(vector["clientDataJSON_text"])["payment"].get("browserBoundPublicKey")
    assert check(vector) == Verified(
        credential_id=vector["credential"]["id"],
        sign_count=int.from_bytes(data[33:37], "big"),
        backed_up=bool(data[32] & 0x10),
        browser_key=unb64(bound) if bound else None,
    )


@by_vector(PAYMENTS)
@pytest.mark.parametrize("wrong", WRONG)
def test_on_other_terms_it_is_refused_for_what_differs(vector: Vector, wrong: str) -> None:
    code, terms = WRONG[wrong]
    assert refusal(vector, **terms) == code


@by_vector(PAYMENTS)
def test_another_instrument_is_refused(vector: Vector) -> None:
    shown = terms_of(vector).instrument
    others = [
        replace(shown, display_name="Another card"),
        replace(shown, details=None if shown.details else "****9999"),
        Instrument(shown.display_name, "https://rp.example/other.png", True, shown.details),
    ]
    assert [refusal(vector, instrument=other) for other in others] == ["wrong_instrument"] * 3


@by_vector(PAYMENTS)
def test_other_logos_are_refused(vector: Vector) -> None:
    shown = terms_of(vector).logos
    assert refusal(vector, logos=(Logo("https://rp.example/other.png", "Other"), *shown)) == (
        "wrong_logos"
    )
    if shown:
        assert refusal(vector, logos=()) == "wrong_logos"
        assert refusal(vector, logos=shown[::-1]) == "wrong_logos"


@by_vector(PAYMENTS)
def test_another_credential_is_refused(vector: Vector) -> None:
    known = credential_of(vector)
    answer = parse_authentication_response(json_of(vector), bound_signature_of(vector))
    for credentials in ({}, {b64(b"other"): known}):
        with pytest.raises(Refused, match="unknown_credential"):
            verify(answer, terms_of(vector), credentials)
    with pytest.raises(Refused, match="unknown_credential"):
        check(vector, credential=replace(known, user_handle=b64(b"somebody else")))
    with pytest.raises(Refused, match="invalid_authenticator_data"):
        check(vector, credential=replace(known, backup_eligible=not known.backup_eligible))


@by_vector(PAYMENTS)
def test_its_count_serves_once(vector: Vector) -> None:
    known = credential_of(vector)
    count = check(vector).sign_count
    assert check(vector, credential=replace(known, sign_count=count - 1)).sign_count == count
    with pytest.raises(Refused, match="counter_regressed"):
        check(vector, credential=replace(known, sign_count=count))


@by_vector(PAYMENTS)
def test_the_signature_is_of_its_own_key(vector: Vector) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    spki = credential_of(vector).public_key[:-64] + _point(other)
    with pytest.raises(Refused, match="invalid_signature"):
        check(vector, credential=replace(credential_of(vector), public_key=spki))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return b"".join(n.to_bytes(32, "big") for n in (key.public_numbers().x, key.public_numbers().y))


@by_vector([one for one in PAYMENTS if bound_signature_of(one)])
def test_a_bound_browsers_answer_comes_with_its_signature(vector: Vector) -> None:
    known = credential_of(vector)
    for signature in (None, json_of(vector)["response"]["signature"]):
        answer = parse_authentication_response(json_of(vector), signature)
        with pytest.raises(Refused, match="invalid_browser_bound_key"):
            verify(answer, terms_of(vector), {known.id: known})


@by_vector(recorded("login"))
def test_a_login_is_no_payment(vector: Vector) -> None:
    payment = next(one for one in PAYMENTS if one["name"] == "auth_same_origin")
    known = credential_of(vector)
    terms = replace(terms_of(payment), challenges=(vector["options"]["challenge"],))
    with pytest.raises(Refused, match="wrong_type"):
        verify(parse_authentication_response(json_of(vector)), terms, {known.id: known})


@by_vector(REGISTRATIONS)
def test_the_registered_key_is_the_one_in_the_authenticator_data(vector: Vector) -> None:
    response = json_of(vector)["response"]
    data = unb64(response["authenticatorData"])
    assert data == cbor2.loads(unb64(response["attestationObject"]))["authData"]
    key = public_key(data[87:])
    assert key == load_der_public_key(unb64(response["publicKey"]))
    assert algorithm_of(key) == response["publicKeyAlgorithm"]


@by_vector([one for one in REGISTRATIONS + PAYMENTS if bound_signature_of(one)])
def test_a_browser_bound_key_is_read(vector: Vector) -> None:
    text = json.loads(vector["clientDataJSON_text"])["payment"]["browserBoundPublicKey"]
    key = public_key(unb64(text))
    assert isinstance(key, ec.EllipticCurvePublicKey) == (algorithm_of(key) == -7)


@by_vector(REGISTRATIONS)
def test_a_browser_bound_key_of_a_registration_is_told(vector: Vector) -> None:
    answer = parse_registration_response(json_of(vector), bound_signature_of(vector))
    bound = answer.client_data.members.get("payment", {}).get("browserBoundPublicKey")
    assert check_browser_key(answer) == (unb64(bound) if bound else None)


def test_the_browser_writes_the_amount_as_it_was_given() -> None:
    for vector in PAYMENTS:
        told = json.loads(vector["clientDataJSON_text"])["payment"]["total"]
        assert told["value"] == total_of(vector)["value"]
