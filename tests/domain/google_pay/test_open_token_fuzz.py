"""Anything but a token is refused as invalid or expired."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.google_pay.envelope import parse_envelope, parse_intermediate_key, parse_message
from countersign.google_pay.payload import OpenedToken, parse_payload
from countersign.google_pay.refusals import InvalidToken, TokenExpired
from local.google.encryption import google_json
from tests.support.fuzz import fuzzed, json_values
from tests.support.google_pay import Json, Recipient, b64, cleartext

OURS = Recipient()
TOKEN = OURS.seal()
GOOD = OURS.open(TOKEN)
MEMBERS = ["protocolVersion", "signature", "intermediateSigningKey", "signedMessage"]
LETTERS = st.characters() | st.sampled_from('{}[]":,\\0e-.') | st.characters(categories=["Cs"])


def opened(token: str) -> OpenedToken | None:
    """The token, opened; none when it is refused. Anything else that is raised is a fault."""
    try:
        return OURS.open(token)
    except (InvalidToken, TokenExpired) as refused:
        assert refused.status == 422
        return None


@fuzzed
@given(st.text(LETTERS))
def test_no_text_opens(token: str) -> None:
    assert opened(token) is None


@fuzzed
@given(st.binary(max_size=300))
def test_no_bytes_open_or_are_a_payload(data: bytes) -> None:
    assert opened(data.decode("latin-1")) is None
    with pytest.raises(InvalidToken):
        parse_payload(data)


@fuzzed
@given(json_values)
def test_no_json_opens(value: Any) -> None:
    text = json.dumps(value)
    assert opened(text) is None
    for parse in (parse_envelope, parse_intermediate_key, parse_message):
        with pytest.raises(InvalidToken):
            parse(text)


@fuzzed
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, json_values)))
def test_no_object_with_a_tokens_members_opens(members: Json) -> None:
    members.setdefault("protocolVersion", "ECv2")
    assert opened(json.dumps(members)) is None


@fuzzed
@given(st.sampled_from(MEMBERS), json_values)
def test_another_value_of_a_member_is_refused(name: str, value: Any) -> None:
    assert opened(json.dumps(json.loads(TOKEN) | {name: value})) is None


@fuzzed
@given(st.data())
def test_a_token_that_is_cut_and_patched_opens_to_nothing_else(data: st.DataObject) -> None:
    places = st.integers(0, len(TOKEN))
    start, end = sorted(data.draw(st.tuples(places, places)))
    patch = data.draw(st.text(LETTERS, max_size=20) | st.just(TOKEN[start:end].upper()))
    found = opened(TOKEN[:start] + patch + TOKEN[end:])
    assert found is None or found.message_id == GOOD.message_id


@fuzzed
@given(st.data())
def test_a_signed_text_that_is_not_a_message_is_refused(data: st.DataObject) -> None:
    characters = st.characters(exclude_categories=["Cs"])
    assert opened(OURS.sign(data.draw(st.text(characters)))) is None
    assert opened(OURS.sign(json.dumps(data.draw(json_values)))) is None


@fuzzed
@given(st.data())
def test_a_sealed_text_that_is_not_a_payload_is_refused(data: st.DataObject) -> None:
    text = google_json(cleartext())
    places = st.integers(0, len(text))
    start, end = sorted(data.draw(st.tuples(places, places)))
    patch = data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=10))
    found = opened(OURS.seal(text[:start] + patch + text[end:]))
    assert found is None or found.secret.reveal()[0].isdigit()


@fuzzed
@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40))
def test_no_message_of_bytes_is_decrypted(point: bytes, ciphertext: bytes, tag: bytes) -> None:
    parts = {"ephemeralPublicKey": point, "encryptedMessage": ciphertext, "tag": tag}
    message = {name: b64(part) for name, part in parts.items()}
    assert opened(OURS.sign(google_json(message))) is None
