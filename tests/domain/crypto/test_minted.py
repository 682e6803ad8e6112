"""Tokens that are known as ours without a read: one spelling, one purpose, the keys in use."""

import base64
import hashlib
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.crypto.minted import (
    derive,
    fingerprint,
    is_minted,
    mint,
)

PURPOSE, OTHER_PURPOSE = "install state", "install binding"
NEW, OLD = "key-of-today", "key-of-yesterday"
KEYS = [NEW, OLD]
BASE64URL = string.ascii_letters + string.digits + "-_"

tokens = st.builds(lambda key: mint(PURPOSE, [key]), st.sampled_from(KEYS))
keys = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(st.text(max_size=30), st.lists(keys, min_size=1, max_size=3))
def test_what_was_made_here_is_known(purpose: str, made_with: list[str]) -> None:
    token = mint(purpose, made_with)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert is_minted(token, purpose, made_with)


def test_no_two_tokens_are_alike() -> None:
    made = {mint(PURPOSE, KEYS) for _ in range(200)}
    assert len(made) == 200
    assert len({token[:21] for token in made}) == 200


@given(tokens, st.integers(0, 42), st.sampled_from(BASE64URL))
def test_a_token_with_another_character_is_not_ours(token: str, place: int, character: str) -> None:
    changed = token[:place] + character + token[place + 1 :]
    assert is_minted(changed, PURPOSE, KEYS) == (changed == token)


@given(tokens)
def test_a_token_has_one_spelling_only(token: str) -> None:
    raw = base64.urlsafe_b64decode(token + "=")
    assert len(raw) == 32
    # The last character holds two bits that no byte takes.
    same = [last for last in BASE64URL if base64.urlsafe_b64decode(token[:-1] + last + "=") == raw]
    assert len(same) == 4
    spellings = [token[:-1] + last for last in same if last != token[-1]]
    spellings += [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()]
    spellings += [base64.b64encode(raw).decode().rstrip("=")] * any(c in "-_" for c in token)
    spellings += [f"{token}\n", f" {token}", f"{token[:20]}\n{token[20:]}", f"{token}==", raw.hex()]
    spellings += [token + "A", token[:-1], token[1:], token * 2, token.swapcase()]
    assert [text for text in spellings if is_minted(text, PURPOSE, KEYS)] == []


@given(
    st.text(st.characters(), max_size=60)
    | st.text(BASE64URL, min_size=43, max_size=43)
    | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_junk_is_not_ours_whatever_it_is(text: str) -> None:
    assert not is_minted(text, PURPOSE, KEYS)


@given(tokens)
def test_a_token_is_good_for_its_purpose_alone(token: str) -> None:
    for purpose in (OTHER_PURPOSE, "", PURPOSE + " ", PURPOSE.upper(), PURPOSE + "\0", "install"):
        assert not is_minted(token, purpose, KEYS)


@given(keys, keys)
def test_a_token_of_another_key_is_not_ours(ours: str, theirs: str) -> None:
    # A key of HMAC-SHA256 ends where its zeros begin.
    same = ours.rstrip("\0") == theirs.rstrip("\0")
    assert is_minted(mint(PURPOSE, [theirs]), PURPOSE, [ours]) == same


def test_a_token_lasts_while_its_key_is_rolled_and_no_longer() -> None:
    before = mint(PURPOSE, [OLD])
    assert is_minted(before, PURPOSE, [NEW, OLD])
    assert not is_minted(before, PURPOSE, [NEW])
    assert not is_minted(before, PURPOSE, [])
    during = mint(PURPOSE, [NEW, OLD])
    assert is_minted(during, PURPOSE, [NEW])
    assert not is_minted(during, PURPOSE, [OLD])


@given(tokens)
def test_what_is_derived_is_the_same_each_time_and_a_token_of_its_own(token: str) -> None:
    derived = derive(OTHER_PURPOSE, KEYS, token)
    assert derived == derive(OTHER_PURPOSE, KEYS, token)
    assert is_minted(derived, OTHER_PURPOSE, KEYS)
    assert not is_minted(derived, PURPOSE, KEYS)
    assert derived != token
    others = {derive(OTHER_PURPOSE, KEYS, mint(PURPOSE, KEYS)), derive("third", KEYS, token)}
    others.add(derive(OTHER_PURPOSE, [OLD], token))
    assert derived not in others
    assert len({text[:21] for text in (derived, *others)}) == 4


def test_what_is_derived_cannot_be_made_without_the_key() -> None:
    token = mint(PURPOSE, KEYS)
    raw = base64.urlsafe_b64decode(derive(OTHER_PURPOSE, KEYS, token) + "=")
    assert raw[:16] != base64.urlsafe_b64decode(token + "=")[:16]
    for text in (token, f"from\0{OTHER_PURPOSE}\0{token}", f"{OTHER_PURPOSE}\0{token}"):
        assert raw[:16] != hashlib.sha256(text.encode()).digest()[:16]


parts = st.lists(st.text(BASE64URL, max_size=8), min_size=1, max_size=3)


@given(parts, parts)
def test_fingerprints_are_alike_for_the_same_parts_alone(one: list[str], other: list[str]) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


@pytest.mark.parametrize("value", ["", "a", "user_1", "é", "\0"])
def test_a_fingerprint_does_not_show_its_value(value: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint(value))
