"""A token has exactly its members, each in one spelling; anything else is refused."""

import json
from typing import Any

import pytest

from countersign.formats.base64 import decode
from countersign.google_pay.envelope import LONGEST
from local.google.encryption import encrypt, google_json
from tests.support.google_pay import (
    INVALID,
    Json,
    Recipient,
    altered,
    b64,
    cleartext,
    refusal,
    refused,
)

OURS = Recipient()
TOKEN = OURS.seal()
MEMBERS = ["protocolVersion", "signature", "intermediateSigningKey", "signedMessage"]
INNER = ["intermediateSigningKey.signedKey", "intermediateSigningKey.signatures"]
SEALED = ["encryptedMessage", "ephemeralPublicKey", "tag"]
NOT_TEXT: list[Any] = [None, True, 0, [], {}, ["x"]]


def code(token: str) -> str:
    return refusal(lambda: OURS.open(token))


def with_message(change: Json | None = None, without: str = "") -> str:
    """A token that is signed, whose message has other members."""
    message = encrypt(google_json(cleartext()).encode(), OURS.private_key.public_key())
    changed: Json = {name: value for name, value in message.items() if name != without}
    return OURS.sign(google_json(changed | (change or {})))


def test_the_order_of_members_and_the_space_between_them_mean_nothing() -> None:
    backwards = dict(reversed(json.loads(TOKEN).items()))
    assert OURS.open(json.dumps(backwards, indent=4)).message_id == OURS.open(TOKEN).message_id


@pytest.mark.parametrize("path", [*MEMBERS, *INNER])
def test_without_any_one_member_a_token_is_refused(path: str) -> None:
    members = json.loads(TOKEN)
    *outer, name = path.split(".")
    del (members[outer[0]] if outer else members)[name]
    assert code(json.dumps(members)) == INVALID


@pytest.mark.parametrize("value", NOT_TEXT, ids=repr)
def test_a_member_of_another_type_is_refused(value: Any) -> None:
    for path in (*MEMBERS, *INNER):
        assert code(altered(TOKEN, path, lambda _: value)) == INVALID, path
    signatures = altered(TOKEN, INNER[1], lambda good: [*good, value])
    assert code(signatures) == INVALID


@pytest.mark.parametrize("extra", ["x", "", "Signature", "signature ", "messageId"])
def test_one_member_more_is_refused(extra: str) -> None:
    more = {extra: "x"}
    assert code(json.dumps(json.loads(TOKEN) | more)) == INVALID
    inner = altered(TOKEN, "intermediateSigningKey", lambda members: members | more)
    assert code(inner) == INVALID
    assert code(with_message(more)) == INVALID


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_given_twice_is_refused_though_both_say_the_same(name: str) -> None:
    members = json.loads(TOKEN)
    twice = f"{json.dumps(members)[:-1]}, {json.dumps(name)}: {json.dumps(members[name])}}}"
    assert json.loads(twice) == members
    assert code(twice) == INVALID


@pytest.mark.parametrize("name", SEALED)
def test_the_message_has_exactly_its_three_members_of_text(name: str) -> None:
    assert OURS.open(with_message())
    assert code(with_message(without=name)) == INVALID
    for value in NOT_TEXT:
        assert code(with_message({name: value})) == INVALID


@pytest.mark.parametrize("message", ["", "null", "[]", '""', "{", "{}", "\ud800", "\ufeff{}"])
def test_a_message_that_is_not_an_object_is_refused(message: str) -> None:
    if message.isprintable():
        assert code(OURS.sign(message)) == INVALID
    assert code(altered(TOKEN, "signedMessage", lambda _: message)) == INVALID


@pytest.mark.parametrize("token", ["", " ", "null", "[]", "1", '"ECv2"', "{", "{}", "NaN", "\x00", "\ud800", "\ufeff" + TOKEN, TOKEN + "x", TOKEN * 2, "[" + TOKEN + "]", json.dumps(TOKEN)])  # fmt: skip
def test_a_token_that_is_not_an_object_is_refused(token: str) -> None:
    assert code(token) == INVALID


def misspelled(text: str) -> list[str]:
    """Other spellings of a base64 text, which lenient readers decode to the same bytes."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bare = text.rstrip("=")
    found = [text + "=", text + "\n", " " + text, text[:8] + "\n" + text[8:], text + "A", text[:-1]]
    found += [text[:4] + "=" + text[4:], text[:4] + "\u00a0" + text[4:], text + "====", text + "é"]
    if bare != text:
        last = digits[digits.index(bare[-1]) + 1]
        found += [bare, bare[:-1] + last + text[len(bare) :]]
    if set("+/") & set(text):
        found.append(text.replace("+", "-").replace("/", "_"))
    return found


def of_bytes(count: int) -> str:
    """A base64 text that has padding or not, and characters in which the alphabets differ."""
    return b64(b"\xfb\xff\xfe" * 10 + bytes(count))


@pytest.mark.parametrize("rest", [0, 1, 2])
def test_base64_has_one_spelling(rest: int) -> None:
    text = of_bytes(rest)
    assert decode(text) == b"\xfb\xff\xfe" * 10 + bytes(rest)
    for other in misspelled(text):
        with pytest.raises(ValueError):  # noqa: PT011  any reason will do
            decode(other)
    for value in (None, 1, b"QUJD", ["QUJD"]):
        with pytest.raises(ValueError, match="not a text"):
            decode(value)


def test_a_signature_in_another_spelling_is_refused() -> None:
    good = json.loads(TOKEN)
    for other in misspelled(good["signature"]):
        assert code(altered(TOKEN, "signature", lambda _, o=other: o)) == INVALID
    path = "intermediateSigningKey.signatures"
    for other in misspelled(good["intermediateSigningKey"]["signatures"][0]):
        assert code(altered(TOKEN, path, lambda _, o=other: [o])) == INVALID


@pytest.mark.parametrize("name", SEALED)
def test_a_part_of_the_message_in_another_spelling_is_refused(name: str) -> None:
    message = encrypt(google_json(cleartext()).encode(), OURS.private_key.public_key())
    assert OURS.open(OURS.sign(google_json(message)))
    for other in misspelled(message[name]):
        assert code(OURS.sign(google_json(message | {name: other}))) == INVALID


@pytest.mark.parametrize("path", ["signature", "signedMessage", "intermediateSigningKey.signedKey", "protocolVersion"])  # fmt: skip
def test_half_a_surrogate_pair_is_refused(path: str) -> None:
    for half in ("\ud800", "x\udfff", '{"a":"\ud83d"}'):
        members = altered(TOKEN, path, lambda _, h=half: h)
        for text in (members, json.dumps(json.loads(members))):
            assert code(text) == INVALID


def test_a_token_may_have_16_kib_and_no_more() -> None:
    assert OURS.open(TOKEN + " " * (LONGEST - len(TOKEN)))
    found = refused(lambda: OURS.open(TOKEN + " " * (LONGEST - len(TOKEN) + 1)))
    assert "too long" in found.detail
    assert code("[" * 10_000_000) == INVALID


@pytest.mark.parametrize("opening", ["[", '{"a":', "[{},"])
def test_the_deepest_nesting_that_fits_is_refused(opening: str) -> None:
    deep = (opening * LONGEST)[:LONGEST]
    assert code(deep) == INVALID
    closed = "[" * (LONGEST // 2) + "]" * (LONGEST // 2)
    assert code(closed) == INVALID
    assert code(OURS.sign(closed[:6000])) == INVALID
    inside = altered(TOKEN, "signature", lambda _: "PLACE").replace('"PLACE"', "[" * 7000)
    assert code(inside) == INVALID


def test_numbers_that_take_long_to_read_are_refused() -> None:
    for number in ("1" * 16_000, "1e" + "9" * 400, "-" + "9" * 5000, "Infinity", "NaN"):
        assert code(f'{{"protocolVersion": {number}}}') == INVALID
        assert code(OURS.sign(f'{{"tag": {number[:8000]}}}')) == INVALID
