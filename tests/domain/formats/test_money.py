"""Amounts by Stripe's own table of minor units (https://docs.stripe.com/currencies), and the one decimal
string that a payer is shown of each.
"""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats.money import LARGEST, check_amount, decimal_value
from countersign.problems import Invalid

NO_DECIMALS = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
]  # fmt: skip
THREE_DECIMALS = ["bhd", "jod", "kwd", "omr", "tnd"]
WHOLE_IN_HUNDREDTHS = ["isk", "ugx"]
TWO_DECIMALS = ["eur", "usd", "gbp", "chf", "huf", "twd", "aed", "inr", "mxn", "clf"]
VALUE = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


def faults(amount: int, currency: str) -> list[str]:
    """The members at fault."""
    try:
        check_amount(amount, currency)
    except Invalid as invalid:
        assert (invalid.status, invalid.code) == (422, "invalid_request")
        assert all(fault["message"] for fault in invalid.errors)
        return [fault["pointer"] for fault in invalid.errors]
    return []


@pytest.mark.parametrize(("amount", "currency", "value"), [
    (1099, "usd", "10.99"), (5, "eur", "0.05"), (50, "eur", "0.50"), (100, "eur", "1.00"),
    (1, "usd", "0.01"), (100_000, "gbp", "1000.00"),
    (500, "jpy", "500"), (1, "krw", "1"), (0, "jpy", "0"),
    (1230, "kwd", "1.230"), (10, "bhd", "0.010"), (5000, "tnd", "5.000"),
    (500, "isk", "5"), (100, "ugx", "1"), (123_400, "isk", "1234"),
    (LARGEST, "usd", "9999999999.99"), (LARGEST, "jpy", "999999999999"),
])  # fmt: skip
def test_an_amount_is_shown_with_all_the_digits_of_its_currency(
    amount: int, currency: str, value: str
) -> None:
    assert decimal_value(amount, currency) == value


@pytest.mark.parametrize("currency", NO_DECIMALS)
def test_a_currency_without_a_minor_unit_is_counted_in_units(currency: str) -> None:
    assert decimal_value(1234, currency) == "1234"
    assert faults(1, currency) == []


@pytest.mark.parametrize("currency", TWO_DECIMALS)
def test_most_currencies_are_counted_in_hundredths(currency: str) -> None:
    assert decimal_value(1234, currency) == "12.34"
    assert faults(1, currency) == []


@pytest.mark.parametrize("currency", THREE_DECIMALS)
def test_a_thousandth_must_be_a_whole_hundredth(currency: str) -> None:
    assert decimal_value(1230, currency) == "1.230"
    assert faults(1230, currency) == []
    for amount in (1231, 1239, 1, 1205):
        assert faults(amount, currency) == ["/amount"]


@pytest.mark.parametrize("currency", WHOLE_IN_HUNDREDTHS)
def test_hundredths_of_a_currency_that_has_none_must_be_a_whole_unit(currency: str) -> None:
    assert decimal_value(1200, currency) == "12"
    assert faults(1200, currency) == []
    for amount in (1, 10, 150, 1210, 1299):
        assert faults(amount, currency) == ["/amount"]


@pytest.mark.parametrize("amount", [0, -1, -1099, LARGEST + 1, 10**30])
def test_nothing_less_than_nothing_and_too_much_are_refused(amount: int) -> None:
    assert faults(amount, "eur") == ["/amount"]


def test_from_the_smallest_to_the_largest_is_fine() -> None:
    assert faults(1, "eur") == []
    assert faults(LARGEST, "eur") == []
    assert len(str(LARGEST)) == 12


@pytest.mark.parametrize(
    "currency",
    [
        "",
        "e",
        "eu",
        "euro",
        "EUR",
        "Eur",
        "e r",
        "e1r",
        "eur ",
        "éur",
        "ｅｕｒ",
        "\0ur",
        "xyz",
        "btc",
        "xau",
    ],
)
def test_a_code_that_is_none_or_not_in_lower_case_is_refused(currency: str) -> None:
    assert faults(100, currency) == ["/currency"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert faults(0, "EURO") == ["/amount", "/currency"]


currencies = st.sampled_from(NO_DECIMALS + TWO_DECIMALS + THREE_DECIMALS + WHOLE_IN_HUNDREDTHS)


def minor_units(value: str, currency: str) -> int:
    """Stripe's amount of a decimal value, by the table and no other code."""
    digits = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    return int(Decimal(value).scaleb(digits))


@given(st.integers(1, LARGEST), currencies)
def test_what_is_shown_is_the_amount_and_has_one_spelling(amount: int, currency: str) -> None:
    if faults(amount, currency):
        assert currency in THREE_DECIMALS + WHOLE_IN_HUNDREDTHS
        return
    value = decimal_value(amount, currency)
    assert VALUE.fullmatch(value)
    assert minor_units(value, currency) == amount


@given(currencies, st.integers(1, 10**9), st.integers(1, 10**9))
def test_no_two_amounts_look_the_same(currency: str, one: int, other: int) -> None:
    one, other = one * 100, other * 100
    same = decimal_value(one, currency) == decimal_value(other, currency)
    assert same is (one == other)
