"""The limits of a charge, by Stripe's tables."""

import pytest

from countersign.formats.charge_limits import check_charge
from countersign.formats.currencies import CURRENCIES
from countersign.formats.money import largest_amount, why_impossible
from countersign.problems import Invalid


def refused(amount: int, currency: str) -> str | None:
    """Where a charge is refused, and why."""
    try:
        check_charge(amount, currency)
    except Invalid as invalid:
        (pointer,) = {fault["pointer"] for fault in invalid.errors}
        return pointer
    return None


@pytest.mark.parametrize(
    ("currency", "least"),
    [("eur", 50), ("usd", 50), ("gbp", 30), ("jpy", 50), ("huf", 17500), ("mxn", 1000)],
)
def test_the_smallest_charge_of_a_currency_is_taken(currency: str, least: int) -> None:
    assert refused(least, currency) is None
    assert refused(least - 1, currency) == "/amount"


@pytest.mark.parametrize("currency", ["eur", "usd", "jpy", "clp"])
def test_a_charge_has_at_most_eight_digits(currency: str) -> None:
    assert refused(99_999_999, currency) is None
    assert refused(100_000_000, currency) == "/amount"


def test_the_rupiah_has_more_digits() -> None:
    assert refused(999_999_999_900, "idr") is None


def test_three_decimals_end_in_0_and_whole_currencies_in_00() -> None:
    assert refused(1000, "kwd") is None
    assert refused(1001, "kwd") == "/amount"
    assert refused(500, "isk") is None
    assert refused(550, "isk") == "/amount"


def test_no_currency_has_no_charge() -> None:
    assert refused(1000, "xxx") == "/currency"
    assert refused(1000, "EUR") == "/currency"


def test_what_no_currency_has_is_refused_for_every_one() -> None:
    for currency in sorted(CURRENCIES):
        assert refused(0, currency) == "/amount"
        assert refused(-1, currency) == "/amount"
        assert refused(largest_amount(currency) + 100, currency) == "/amount"


def test_every_currency_can_be_charged() -> None:
    for currency in sorted(CURRENCIES):
        assert refused(9_000_000, currency) is None
        assert why_impossible(9_000_000, currency) is None
