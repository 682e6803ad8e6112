"""What an authenticator says is read strictly: flags, counter, extensions and nothing else."""

from dataclasses import replace

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.authenticator import AT, BE, BS, ED, MAX_COUNT, UP, UV, authenticator_data
from tests.support.spc_payments import RP_ID, Payment, signing_key

PLAIN = Payment()
ATTESTED = bytes(16) + b"\x00\x04" + b"cred" + signing_key().cose


def saying(flags: int = UP | UV, count: int = 8, rest: bytes = b"", rp_id: str = RP_ID) -> bytes:
    return authenticator_data(rp_id, flags, count, rest)


def refusal_of(data: bytes) -> str | None:
    """The refusal of a response that says this and signs it."""
    return PLAIN.answer(data=data).refusal()


@pytest.mark.parametrize(("flags", "eligible", "code"), [
    (UP | UV, False, None),
    (UP | UV | BE, True, None),
    (UP | UV | BE | BS, True, None),
    (UP | UV | 0x02, False, None),
    (UP | UV | 0x20, False, None),
    (UV, False, "user_not_present"),
    (UP, False, "user_not_verified"),
    (0, False, "user_not_present"),
    (UP | UV | BS, False, "invalid_authenticator_data"),
    (UP | UV | BS, True, "invalid_authenticator_data"),
    (UP | UV | BE, False, "invalid_authenticator_data"),
    (UP | UV, True, "invalid_authenticator_data"),
    (UP | BS, False, "user_not_verified"),
    (UV | BS, False, "user_not_present"),
])  # fmt: skip
def test_the_flags_say_that_its_owner_was_there(
    flags: int, eligible: bool, code: str | None
) -> None:
    payment = replace(PLAIN, flags=flags, known_eligible=eligible)
    assert payment.answer().refusal() == code
    if code is None:
        assert payment.answer().verify().backed_up is bool(flags & BS)


@pytest.mark.parametrize("rp_id", ["example", "www.pay.example", "PAY.example", ""])
def test_it_is_for_this_relying_party(rp_id: str) -> None:
    assert refusal_of(saying(rp_id=rp_id)) == "wrong_rp_id"


def test_of_two_faults_the_earlier_is_named() -> None:
    assert refusal_of(saying(BS, rp_id="elsewhere.example")) == "wrong_rp_id"
    assert refusal_of(saying(UP | BS)) == "user_not_verified"
    unsigned = PLAIN.answer(data=saying(UP | UV | BS), signature=b"0")
    assert unsigned.refusal() == "invalid_authenticator_data"
    assert PLAIN.answer(data=saying(count=7), signature=b"0").refusal() == "invalid_signature"


@pytest.mark.parametrize(("known", "told", "code"), [
    (0, 0, None), (0, 1, None), (0, MAX_COUNT, None), (7, 8, None), (7, 1000, None),
    (MAX_COUNT - 1, MAX_COUNT, None),
    (7, 7, "counter_regressed"), (7, 6, "counter_regressed"), (7, 0, "counter_regressed"),
    (1, 0, "counter_regressed"), (MAX_COUNT, MAX_COUNT, "counter_regressed"),
    (256, 1, "counter_regressed"), (MAX_COUNT, 0, "counter_regressed"),
])  # fmt: skip
def test_a_counter_goes_up_or_is_not_kept(known: int, told: int, code: str | None) -> None:
    payment = replace(PLAIN, known_count=known)
    answer = payment.answer(data=saying(count=told))
    assert answer.refusal() == code
    if code is None:
        assert answer.verify().sign_count == told


@pytest.mark.parametrize("extensions", [
    {}, {"thirdPartyPayment": True}, {"uvm": [[2, 4, 2]], "credProtect": 2},
])  # fmt: skip
def test_extensions_of_the_authenticator_are_ignored(extensions: dict[str, object]) -> None:
    assert PLAIN.answer(extensions=extensions).refusal() is None


MAP = cbor2.dumps({"thirdPartyPayment": True})


@pytest.mark.parametrize("data", [
    b"", saying()[:36], saying()[:32], saying(rest=b"\0"), saying(rest=MAP),
    saying(UP | UV | ED), saying(UP | UV | ED, rest=MAP + b"\0"), saying(UP | UV | ED, rest=MAP[:-1]),
    saying(UP | UV | ED, rest=MAP + MAP), saying(UP | UV | ED, rest=cbor2.dumps([1])),
    saying(UP | UV | ED, rest=b"\xf6"), saying(UP | UV | ED, rest=b"\xff"),
    saying(UP | UV | AT), saying(UP | UV | AT | ED, rest=MAP), saying(rest=ATTESTED),
    saying(UP | UV | AT, rest=ATTESTED), saying(UP | UV | AT | ED, rest=ATTESTED + MAP),
])  # fmt: skip
def test_anything_but_the_data_of_an_assertion_is_refused(data: bytes) -> None:
    assert refusal_of(data) == "invalid_authenticator_data"


CBOR_BOMBS = {
    "a huge exponent": "c482 1a3b9aca00 01", "a huge binary exponent": "c582 1a3b9aca00 01",
    "the least exponent": "c482 3b7fffffffffffffff 01", "no denominator": "d81e 8201 00",
    "a date": "c0 63787878", "a far date": "c1 fb7fefffffffffffff", "no regular expression": "d823 6128",
    "itself": "d81c 81 d81d 00", "a shared one that is not there": "d81d 05",
    "no address": "d90104 4101", "no UUID": "d825 4101", "no message": "d824 6161",
    "a list as a key": "a1 8101 02", "a map as a key": "a1 a0 02", "a promise of bytes": "5b 7fffffffffffffff",
    "a promise of members": "bb 7fffffffffffffff", "a promise of elements": "9b 7fffffffffffffff",
    "half a character": "63 eda080", "depth": "81" * 3000 + "00", "tags": "c6" * 3000 + "00",
    "an endless text": "7f" * 50, "a set": "d90102 8101", "the end": "ff", "reserved": "1c",
    "not a number": "f97e00", "a simple value": "f8ff", "namespace": "d90100 81 d819 05",
    "a big number": "c2 5904" + "00" + "ff" * 1024,
}  # fmt: skip


@pytest.mark.parametrize("bomb", CBOR_BOMBS)
def test_no_cbor_makes_the_reader_fail(bomb: str) -> None:
    value = bytes.fromhex(CBOR_BOMBS[bomb])
    inner = saying(UP | UV | ED, rest=b"\xa1\x61x" + value)
    for data in (inner, saying(UP | UV | ED, rest=value)):
        assert refusal_of(data) in ("invalid_authenticator_data", None)


@given(st.binary(max_size=64), st.booleans())
def test_no_extensions_make_the_reader_fail(rest: bytes, flagged: bool) -> None:
    found = refusal_of(saying(UP | UV | (ED if flagged else 0), rest=rest))
    assert found in ("invalid_authenticator_data", None)
    assert flagged or not rest or found
