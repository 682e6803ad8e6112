"""Stripe's signatures, against headers that Stripe's own SDK makes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.stripe_api.signature import TOLERANCE, as_sent, is_signed
from tests.support.clock import START
from tests.support.webhooks import signature

PAYLOAD = '{"id": "evt_1", "name": "Zoë 山田"}'.encode()
OLD, NEW, OTHER = "whsec_old", "whsec_new", "whsec_other"


def header(*secrets: str, at: int = START, scheme: str = "v1") -> str:
    """A header as Stripe sends it while secrets are rolled: one signature for each."""
    made = [signature(PAYLOAD, secret, at).partition("v1=")[2] for secret in secrets]
    return ",".join([f"t={at}", *(f"{scheme}={value}" for value in made)])


def test_a_header_of_stripes_sdk_is_accepted() -> None:
    assert is_signed(PAYLOAD, signature(PAYLOAD, NEW, START), [NEW], START)


@pytest.mark.parametrize("secrets", [[OLD], [NEW], [OLD, NEW], [OTHER, NEW], [OTHER, "", OLD]])
def test_any_secret_may_match_any_of_several_signatures(secrets: list[str]) -> None:
    assert is_signed(PAYLOAD, header(OLD, NEW), secrets, START)
    assert not is_signed(PAYLOAD, header(OLD, NEW), [OTHER], START)


def test_the_one_good_signature_may_be_the_last_of_many() -> None:
    many = ",".join(f"v1={index:064x}" for index in range(50))
    timestamp, _, good = header(NEW).partition(",")
    assert is_signed(PAYLOAD, f"{timestamp},{many},{good}", [OTHER, NEW], START)


def test_only_scheme_v1_counts() -> None:
    assert not is_signed(PAYLOAD, header(NEW, scheme="v0"), [NEW], START)
    assert not is_signed(PAYLOAD, header(NEW, scheme="v2"), [NEW], START)
    assert is_signed(PAYLOAD, header(NEW) + ",v0=aa,v2=bb", [NEW], START)


@pytest.mark.parametrize(
    "form",
    [
        "",
        "v1={v1}",
        "t={t}",
        "t=,v1={v1}",
        "t={t},t=1,v1={v1}",
        "t={t}, v1={v1}",
        ",t={t},v1={v1}",
        "t={t},,v1={v1}",
        "t={t},v1={v1},",
        "t={t},v1= {v1}",
        " t={t},v1={v1}",
        "t = {t},v1={v1}",
        "t={t};v1={v1}",
        "t={t}.0,v1={v1}",
        "t=+{t},v1={v1}",
        "t=-{t},v1={v1}",
        "t={t}\n,v1={v1}",
        "t=0x6b49d200,v1={v1}",
        "t=١٨٠٠٠٠٠٠٠٠,v1={v1}",
        "t={t},v1=",
        "t={t},v1={v1}0",
        "t={t},v1={V1}",
        "t={t},v1",
        "t={t},V1={v1}",
        "T={t},v1={v1}",
        "t=99999999999999999999999999,v1={v1}",
    ],
)
def test_a_malformed_header_is_refused(form: str) -> None:
    made = header(NEW).partition("v1=")[2]
    assert not is_signed(PAYLOAD, form.format(t=START, v1=made, V1=made.upper()), [NEW], START)


SENT = "t=1,v1=a"


@pytest.mark.parametrize("form", [SENT, "t=1, v1=a", " t=1,v1=a ", "t=1,v1=a,", "t=1 ,\tv1=a , "])
def test_a_header_that_a_proxy_took_for_a_list_is_as_stripe_sent_it(form: str) -> None:
    assert as_sent(form) == SENT


@pytest.mark.parametrize(
    "form", [",t=1,v1=a", "t=1,,v1=a", "t=1,v1=a,,", "t =1,v1=a", "t=1,v1= a", "t=1,\u00a0v1=a", "t=1,\nv1=a"]
)  # fmt: skip
def test_nothing_else_of_a_header_is_loosened(form: str) -> None:
    assert not is_signed(b"", as_sent(form), [NEW], 1)
    assert as_sent(form) != SENT


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_may_differ_by_the_tolerance_and_no_more(sign: int) -> None:
    for off in (0, 1, TOLERANCE):
        assert is_signed(PAYLOAD, header(NEW), [NEW], START + sign * off)
    for off in (TOLERANCE + 0.001, TOLERANCE + 1, 86400):
        assert not is_signed(PAYLOAD, header(NEW), [NEW], START + sign * off)


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0", "\u2003"])
def test_a_signature_with_a_blank_secret_is_refused(blank: str) -> None:
    forged = header(blank)
    assert not is_signed(PAYLOAD, forged, [], START)
    assert not is_signed(PAYLOAD, forged, [blank], START)
    assert not is_signed(PAYLOAD, forged, [NEW, blank], START)
    assert is_signed(PAYLOAD, header(blank, NEW), [blank, NEW], START)


@pytest.mark.parametrize("value", ["é" * 64, "\ud800", "\x00", "ｆ" * 64])
def test_a_signature_that_is_not_ascii_is_refused(value: str) -> None:
    assert not is_signed(PAYLOAD, f"t={START},v1={value}", [NEW], START)


def test_a_huge_header_is_refused_though_a_good_signature_is_in_it() -> None:
    assert not is_signed(PAYLOAD, header(NEW) + ",v1=" + "a" * 5000, [NEW], START)


def test_the_raw_bytes_are_signed_and_not_their_meaning() -> None:
    compact = PAYLOAD.replace(b": ", b":")
    assert not is_signed(compact, header(NEW), [NEW], START)


@given(st.data())
def test_every_change_of_one_character_of_the_header_is_refused(data: st.DataObject) -> None:
    genuine = header(NEW)
    place = data.draw(st.integers(0, len(genuine) - 1))
    others = st.sampled_from(string.printable + "é\u0663\ud800").filter(genuine[place].__ne__)
    changed = genuine[:place] + data.draw(others) + genuine[place + 1 :]
    assert not is_signed(PAYLOAD, changed, [NEW], START)


@given(st.integers(0, len(PAYLOAD) - 1), st.integers(1, 255))
def test_every_change_of_one_byte_of_the_body_is_refused(place: int, change: int) -> None:
    changed = bytearray(PAYLOAD)
    changed[place] ^= change
    assert not is_signed(bytes(changed), header(NEW), [NEW], START)


@given(st.binary(max_size=300), st.text(st.characters(), max_size=300), st.floats(0, 1e10))
def test_any_bytes_and_any_header_end_in_an_answer(
    payload: bytes, anything: str, now: float
) -> None:
    assert is_signed(payload, anything, [NEW], now) is False


@given(st.lists(st.sampled_from(["t=", "v1=", ",", "=", "1800000000", "a", " ", "\udfff"])))
def test_any_pieces_of_a_header_end_in_an_answer(pieces: list[str]) -> None:
    assert is_signed(PAYLOAD, "".join(pieces), [NEW], START) is False


@given(st.binary(max_size=300), st.lists(st.sampled_from([OLD, NEW, OTHER]), min_size=1))
def test_whatever_stripe_signs_is_accepted(payload: bytes, secrets: list[str]) -> None:
    assert is_signed(payload, signature(payload, secrets[0], START), secrets, START)
