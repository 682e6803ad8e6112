"""Bytes have one spelling in base64url, and a text is the spelling of some bytes or of none."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import base64url
from tests.support.authenticator import b64


@given(st.binary(max_size=200))
def test_bytes_are_written_in_base64url_in_one_way(data: bytes) -> None:
    text = base64url.encode(data)
    assert text == b64(data)
    assert base64url.decode(text) == data


@given(st.text(st.sampled_from("AaBQgw09-_+= \né"), max_size=12))
def test_a_text_is_the_one_spelling_of_some_bytes_or_none(text: str) -> None:
    try:
        data = base64url.decode(text)
    except ValueError:
        return
    assert b64(data) == text
