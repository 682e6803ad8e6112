"""Recorded responses of Chromium are accepted on their own terms, and refused on any others."""

import json
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec.structs import replace

from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.cose import algorithm_of
from countersign.spc.protocol.credential import Credential
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import parse_registration_response
from countersign.spc.protocol.terms import Instrument, Logo, Terms, Total
from countersign.spc.protocol.verify_assertion import VerifiedAssertion, verify_assertion
from countersign.spc.protocol.verify_registration import verify_registration
from tests.support.authenticator import SigningKey, b64, unb64
from tests.support.spc_vectors import (
    ABSENT,
    FOLDER,
    Vector,
    bound_signature_of,
    credential_of,
    json_of,
    name_of,
    recorded,
    registration_terms_of,
    terms_of,
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
    "instrument": (
        "wrong_instrument",
        {"instrument": Instrument("Another", "https://rp.example/")},
    ),
    "logos": ("wrong_logos", {"logos": (Logo("https://rp.example/other.png", "Other"),) * 3}),
}


def members_of_payment(vector: Vector) -> dict[str, Any]:
    """What the browser says of the payment in its client data."""
    return dict(json.loads(vector["clientDataJSON_text"])["payment"])


def check(
    vector: Vector, expected: Terms | None = None, credential: Credential | None = None
) -> VerifiedAssertion:
    credential = credential or credential_of(vector)
    answer = parse_authentication_response(json_of(vector), bound_signature_of(vector))
    return verify_assertion(answer, expected or terms_of(vector), {credential.id: credential})


def refusal(vector: Vector, **terms: Any) -> str:
    with pytest.raises(Refused) as refused:
        check(vector, replace(terms_of(vector), **terms))
    return refused.value.code


@by_vector(PAYMENTS)
def test_what_the_browser_sent_is_accepted(vector: Vector) -> None:
    data = unb64(json_of(vector)["response"]["authenticatorData"])
    bound = members_of_payment(vector).get("browserBoundPublicKey")
    assert check(vector) == VerifiedAssertion(
        credential_id=vector["credential"]["id"],
        sign_count=int.from_bytes(data[33:37], "big"),
        backed_up=bool(data[32] & 0x10),
        browser_key=unb64(bound) if bound else None,
    )


@by_vector(PAYMENTS)
@pytest.mark.parametrize("wrong", WRONG)
def test_on_other_terms_it_is_refused_for_what_differs(vector: Vector, wrong: str) -> None:
    code, terms = WRONG[wrong]
    if wrong == "logos" and not members_of_payment(vector)["paymentEntitiesLogos"]:
        assert check(vector, replace(terms_of(vector), **terms)), "a browser may show none"
    else:
        assert refusal(vector, **terms) == code


@by_vector(PAYMENTS)
def test_for_another_credential_it_is_refused(vector: Vector) -> None:
    known, count = credential_of(vector), check(vector).sign_count
    others = {
        "unknown_credential": replace(known, user_handle=b64(b"somebody else")),
        "invalid_authenticator_data": replace(known, backup_eligible=not known.backup_eligible),
        "invalid_signature": replace(known, public_key=SigningKey.new().spki),
        "counter_regressed": replace(known, sign_count=count),
    }
    for code, credential in others.items():
        with pytest.raises(Refused, match=code):
            check(vector, credential=credential)
    assert check(vector, credential=replace(known, sign_count=count - 1)).sign_count == count


@by_vector([one for one in PAYMENTS if bound_signature_of(one)])
def test_a_bound_browsers_key_counts_only_with_its_signature(vector: Vector) -> None:
    known = credential_of(vector)
    for signature in (None, json_of(vector)["response"]["signature"]):
        answer = parse_authentication_response(json_of(vector), signature)
        found = verify_assertion(answer, terms_of(vector), {known.id: known})
        assert (found.browser_key, found.is_key_ignored) == (None, True)


@by_vector(recorded("login"))
def test_a_login_is_no_payment(vector: Vector) -> None:
    payment = next(one for one in PAYMENTS if one["name"] == "auth_same_origin")
    known = credential_of(vector)
    terms = replace(terms_of(payment), challenges=(vector["options"]["challenge"],))
    with pytest.raises(Refused, match="wrong_type"):
        verify_assertion(parse_authentication_response(json_of(vector)), terms, {known.id: known})


@by_vector(REGISTRATIONS)
def test_a_registration_is_accepted_with_the_key_that_the_browser_gave(vector: Vector) -> None:
    response, terms = json_of(vector)["response"], registration_terms_of(vector)
    parsed = parse_registration_response(json_of(vector), bound_signature_of(vector))
    found = verify_registration(parsed, terms)
    bound = parsed.client_data.members.get("payment", {}).get("browserBoundPublicKey")
    assert found.public_key == load_der_public_key(unb64(response["publicKey"]))
    assert algorithm_of(found.public_key) == response["publicKeyAlgorithm"]
    assert found.credential_id == json_of(vector)["id"]
    assert found.browser_key == (unb64(bound) if bound else None)
    for other in (
        terms._replace(challenges=(b64(bytes(32)),)),
        terms._replace(rp_id="elsewhere.example"),
        terms._replace(origin="https://elsewhere.example"),
    ):
        with pytest.raises(Refused):
            verify_registration(parsed, other)
