"""Client data is read strictly: JSON that means the same to all who read it, and nothing else."""

from typing import Any

import pytest

from tests.support.spc_responses import (
    CLIENT_DATA,
    MALFORMED,
    NAMED,
    PAYMENT,
    WRONG_TYPES,
    client_data_with,
)


@pytest.mark.parametrize("path", NAMED)
def test_client_data_without_a_member_is_refused_if_the_member_is_needed(path: str) -> None:
    assert PAYMENT.sign(client_data_with(path, ...)).refusal() == NAMED[path]


def wrongly_typed() -> list[tuple[str, Any]]:
    optional = ["topOrigin", "payment.instrument.details", "payment.paymentEntitiesLogos.0.label"]
    optional += ["payment.paymentEntitiesLogos.1.url", "payment.paymentEntitiesLogos.1.label"]
    texts = [(path, value) for path in (*NAMED, *optional) for value in WRONG_TYPES]
    no_flags: list[Any] = [None, 0, 1, "false", "", [], {}]
    return [("crossOrigin", value) for value in no_flags] + [
        (path, value)
        for path, value in texts
        if not (path.endswith("Logos") and isinstance(value, list) and not value)
    ]


@pytest.mark.parametrize(("path", "value"), wrongly_typed())
def test_a_member_of_the_wrong_type_is_refused(path: str, value: Any) -> None:
    assert PAYMENT.sign(client_data_with(path, value)).refusal() == MALFORMED


@pytest.mark.parametrize("value", [None, 0, 1, "true", []])
def test_whether_the_icon_must_be_shown_is_true_or_false(value: Any) -> None:
    data = client_data_with("payment.instrument.iconMustBeShown", value)
    assert PAYMENT.sign(data).refusal() in (MALFORMED, "wrong_instrument")


def test_a_member_of_the_wrong_type_is_refused_in_its_turn() -> None:
    data = client_data_with("payment.total", None).replace(b"Shop, Inc.", b"Charity")
    assert PAYMENT.sign(data).refusal() == "wrong_payee"


TEXT = CLIENT_DATA.decode()
NOT_JSON = {
    "nothing": b"", "a value": b'"payment.get"', "a list": b"[" + CLIENT_DATA + b"]", "null": b"null",
    "cut short": CLIENT_DATA[:-1], "more after it": CLIENT_DATA + b"}", "twice": CLIENT_DATA * 2, "a NUL after it": CLIENT_DATA + b"\0",
    "two byte order marks": b"\xef\xbb\xbf" * 2 + CLIENT_DATA, "a byte order mark after it": CLIENT_DATA + b"\xef\xbb\xbf",
    "UTF-16": TEXT.encode("utf-16"), "UTF-16 without a mark": TEXT.encode("utf-16-le"), "UTF-32": TEXT.encode("utf-32-be"),
    "Latin-1": TEXT.replace("Shop", "é").encode("latin-1", "replace"), "half a character": CLIENT_DATA.replace(b"Shop", b"\xed\xa0\x80"),
    "a long zero": CLIENT_DATA.replace(b"Shop", b"\xc0\x80"), "a stray byte": CLIENT_DATA.replace(b"Shop", b"\x80"),
    "past Unicode": CLIENT_DATA.replace(b"Shop", b"\xf4\x90\x80\x80"), "a comment": CLIENT_DATA[:-1] + b"/**/}",
    "a comma too many": CLIENT_DATA[:-1] + b",}", "single quotes": CLIENT_DATA.replace(b'"', b"'"),
    "a line break in a text": CLIENT_DATA.replace(b"Shop", b"\n"), "an escape of its own": CLIENT_DATA.replace(b"Shop", b"\\x41"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_JSON)
def test_client_data_that_is_no_json_object_is_refused(name: str) -> None:
    assert PAYMENT.sign(NOT_JSON[name]).refusal() == MALFORMED


@pytest.mark.parametrize("number", [
    b"NaN", b"Infinity", b"-Infinity", b"01", b"+1", b".5", b"1.", b"0x1", b"1e", b"-", b"True",
    b"undefined", b"1" * 10_000, b"[" * 20_000 + b"]" * 20_000, b'{"x":' * 20_000 + b"1" + b"}" * 20_000,
])  # fmt: skip
def test_a_value_that_is_no_json_is_refused_at_any_depth(number: bytes) -> None:
    for deep in (b'{"x":%s,', b'{"x":{"y":[%s]},'):
        data = deep.replace(b"%s", number) + CLIENT_DATA[1:]
        assert PAYMENT.sign(data).refusal() == MALFORMED


@pytest.mark.parametrize("number", [b"1e999", b"-1e-999", b"1" * 300, b"0.1e-7", b"-0"])
def test_a_number_of_any_size_in_an_unknown_member_is_ignored(number: bytes) -> None:
    assert PAYMENT.sign(b'{"x":' + number + b"," + CLIENT_DATA[1:]).refusal() is None


def test_one_byte_order_mark_and_white_space_are_ignored() -> None:
    assert PAYMENT.sign(b"\xef\xbb\xbf" + CLIENT_DATA).refusal() is None
    assert PAYMENT.sign(b" \n\r\t" + CLIENT_DATA + b"\n").refusal() is None


DUPLICATES = [
    b'"type":"payment.get"', b'"challenge":', b'"origin":', b'"crossOrigin":', b'"payment":',
    b'"rpId":', b'"topOrigin":', b'"payeeName":', b'"payeeOrigin":', b'"paymentEntitiesLogos":',
    b'"url":', b'"label":', b'"total":', b'"value":', b'"currency":', b'"instrument":', b'"icon":',
    b'"displayName":', b'"browserBoundPublicKey":',
]  # fmt: skip


@pytest.mark.parametrize("member", DUPLICATES)
def test_a_member_that_is_given_twice_is_refused_whichever_is_right(member: bytes) -> None:
    name = member.partition(b":")[0]
    escaped = b'"\\u%04x' % name[1] + name[2:]
    for again in (name, escaped):
        data = CLIENT_DATA.replace(member, again + b':"wrong",' + member, 1)
        assert PAYMENT.sign(data).refusal() == MALFORMED


def test_an_unknown_member_is_refused_too_when_it_is_given_twice() -> None:
    for twice in (b'{"x":1,"x":1,', b'{"x":[{"y":1,"y":2}],', b'{"":1,"":1,'):
        assert PAYMENT.sign(twice + CLIENT_DATA[1:]).refusal() == MALFORMED
