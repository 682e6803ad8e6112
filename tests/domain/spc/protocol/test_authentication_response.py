"""Responses are read strictly: one spelling of each value, or a refusal, and never anything else."""

import json
import string
from dataclasses import replace
from typing import Any

import pytest

from countersign.spc.protocol.authentication_response import parse_authentication_response
from countersign.spc.protocol.refusals import Refused
from countersign.spc.protocol.registration_response import parse_registration_response
from tests.support.authenticator import b64
from tests.support.chromium import write
from tests.support.spc_payments import CHALLENGE, PaymentResponse, put_in
from tests.support.spc_responses import (
    CLIENT_DATA,
    GOOD,
    MALFORMED,
    PAYMENT,
    WRONG_TYPES,
    response_with,
)


def without(*path: str) -> PaymentResponse:
    """The good response with one member left out."""
    members = json.loads(json.dumps(GOOD.credential))
    inner = members
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return response_with(members)


def test_the_response_is_good() -> None:
    assert GOOD.refusal() is None
    answer = parse_authentication_response(GOOD.credential, GOOD.bound_signature)
    assert answer.client_data_bytes == CLIENT_DATA
    assert answer.client_data.members == json.loads(CLIENT_DATA)
    assert (answer.client_data.cross_origin, answer.client_data.top_origin) == (False, None)


@pytest.mark.parametrize("value", [*WRONG_TYPES, "", "text"])
def test_anything_but_a_credential_is_refused(value: Any) -> None:
    assert response_with(value).refusal() == MALFORMED
    assert GOOD.otherwise("response", value=value).refusal() == MALFORMED


MEMBERS = [
    ("id",), ("rawId",), ("type",),
    ("response", "clientDataJSON"), ("response", "authenticatorData"), ("response", "signature"),
]  # fmt: skip


@pytest.mark.parametrize("path", MEMBERS)
def test_a_member_that_is_missing_or_of_the_wrong_type_is_refused(path: tuple[str, ...]) -> None:
    for value in WRONG_TYPES:
        assert GOOD.otherwise(*path, value=value).refusal() == MALFORMED
    assert without(*path).refusal() == MALFORMED


def test_a_user_handle_is_text_or_absent() -> None:
    for value in WRONG_TYPES[1:]:
        assert GOOD.otherwise("response", "userHandle", value=value).refusal() == MALFORMED
    assert without("response", "userHandle").refusal() is None


@pytest.mark.parametrize("value", WRONG_TYPES[1:])
def test_a_bound_signature_is_text_or_absent(value: Any) -> None:
    assert replace(GOOD, bound_signature=value).refusal() == MALFORMED


@pytest.mark.parametrize("type_", ["", "password", "Public-Key", "public-key "])
def test_another_type_of_credential_is_refused(type_: str) -> None:
    assert GOOD.otherwise("type", value=type_).refusal() == MALFORMED


def test_two_ids_are_refused() -> None:
    for path in ("id", "rawId"):
        assert GOOD.otherwise(path, value=b64(b"other")).refusal() == MALFORMED


def test_unknown_members_are_ignored() -> None:
    extended = GOOD.otherwise("clientExtensionResults", value={"payment": {"x": [1]}})
    extended = extended.otherwise("authenticatorAttachment", value="cross-platform")
    assert extended.otherwise("response", "attestation", value=None).refusal() is None
    assert extended.otherwise("x", value=[{}]).refusal() is None


REGISTERED = PAYMENT.passkey.register(
    write(PAYMENT.browser.registration({"challenge": CHALLENGE})), extensions={}
)


@pytest.mark.parametrize("path", [
    (), ("id",), ("rawId",), ("type",), ("response",), ("response", "clientDataJSON"),
    ("response", "attestationObject"),
])  # fmt: skip
def test_a_registration_is_read_as_strictly(path: tuple[str, ...]) -> None:
    assert parse_registration_response(REGISTERED).credential_id == REGISTERED["id"]
    for value in [*WRONG_TYPES, "AB=="]:
        with pytest.raises(Refused, match=MALFORMED):
            parse_registration_response(put_in(REGISTERED, path, value))


@pytest.mark.parametrize("name", ["id", "rawId"])
def test_two_ids_of_a_registration_are_refused(name: str) -> None:
    with pytest.raises(Refused, match=MALFORMED):
        parse_registration_response(REGISTERED | {name: b64(b"other")})


@pytest.mark.parametrize(
    "name", ["publicKey", "publicKeyAlgorithm", "authenticatorData", "transports"]
)
def test_what_is_not_signed_in_a_registration_is_ignored(name: str) -> None:
    told = parse_registration_response(put_in(REGISTERED, ("response", name), {"x": 1}))
    assert told == parse_registration_response(REGISTERED)


ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def odd_spellings(text: str) -> list[str]:
    """The same bytes, or nearly, written in ways in which a browser does not."""
    spellings = [
        text + "=", text + "==", "=" + text, text + "\n", "\n" + text, " " + text, text + " ",
        text[:4] + "\n" + text[4:], text[:4] + "+" + text[5:], text[:4] + "/" + text[5:],
        text[:4] + "!" + text[4:], text[:4] + "é" + text[5:], text[:4] + "\0" + text[4:],
        text[:4] + "Ａ" + text[5:], text[:4] + "%41" + text[4:], text + "\ud800",
    ]  # fmt: skip
    # Four of them leave the length what it is, in groups of four.
    for filler in ("\n\n\n\n", "    ", "====", "!!!!", "éééé"):
        spellings += [filler + text, text[:4] + filler + text[4:], text + filler]
    if len(text) % 4:  # the last character has bits to spare
        spellings.append(text[:-1] + ALPHABET[ALPHABET.index(text[-1]) ^ 1])
    return [*spellings, text + "A" * ((1 - len(text)) % 4)]


BINARY = [("response", name) for name in GOOD.credential["response"]]


@pytest.mark.parametrize("path", BINARY, ids=lambda path: path[-1])
def test_another_spelling_of_base64url_is_refused(path: tuple[str, ...]) -> None:
    text = GOOD.credential[path[0]][path[1]]
    for odd in odd_spellings(text):
        assert GOOD.otherwise(*path, value=odd).refusal() == MALFORMED, odd[-8:]


def test_another_spelling_of_an_id_or_a_bound_signature_is_refused() -> None:
    for odd in odd_spellings(GOOD.credential["id"]):
        both = GOOD.otherwise("id", value=odd).otherwise("rawId", value=odd)
        assert both.refusal() == MALFORMED
    for odd in odd_spellings(str(GOOD.bound_signature)):
        assert replace(GOOD, bound_signature=odd).refusal() == MALFORMED


def test_an_empty_id_is_refused() -> None:
    assert GOOD.otherwise("id", value="").otherwise("rawId", value="").refusal() == MALFORMED


@pytest.mark.parametrize("path", BINARY, ids=lambda path: path[-1])
def test_what_is_far_too_long_is_refused(path: tuple[str, ...]) -> None:
    text = GOOD.credential[path[0]][path[1]]
    for size in (70_000, 2_000_000):
        assert GOOD.otherwise(*path, value=text + "A" * size).refusal() == MALFORMED


def test_an_id_a_bound_signature_or_key_that_is_far_too_long_is_refused() -> None:
    long = "A" * 70_000
    assert GOOD.otherwise("id", value=long).otherwise("rawId", value=long).refusal() == MALFORMED
    assert replace(GOOD, bound_signature=long).refusal() == MALFORMED
    padded = CLIENT_DATA[:-1] + b',"x":"' + b"x" * 70_000 + b'"}'
    assert PAYMENT.sign(padded).refusal() == MALFORMED
