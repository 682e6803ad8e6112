"""The countries and currencies that rules may name."""

from pathlib import Path

import pytest

from countersign.formats.currencies import CURRENCIES
from countersign.formats.money import (
    LARGEST,
    check_amount,
    largest_amount,
    smallest_amount,
    why_impossible,
)
from countersign.problems import Invalid
from countersign.step_up.rules.authentication import REGIONS, ROWS, is_authentication_expected
from countersign.step_up.rules.countries import COUNTRIES


def test_the_countries_are_those_that_stripe_ships_to() -> None:
    """Stripe's own list, but for what is no country of ISO 3166-1 (Ascension, Tristan da Cunha, unknown)."""
    from typing import get_args, get_type_hints

    from stripe.checkout import Session

    hints = get_type_hints(Session.ShippingAddressCollection)["allowed_countries"]
    (union,) = get_args(hints)
    literal = next(one for one in get_args(union) if get_args(one))
    shipped = set(get_args(literal)) - {"AC", "TA", "ZZ"}
    assert len(shipped) > 200
    assert shipped <= COUNTRIES


def test_europe_counts_thirty_states_with_their_parts_two_that_kept_the_law_and_four_that_took_it() -> (
    None
):
    """And Switzerland, by Stripe's engine."""
    assert len(REGIONS["europe"]) == 27 + 3 + 7 + 2 + 4 + 1
    assert not {"US", "NC", "PF", "BL", "IM", "JE", "GG", "FO", "GL"} & REGIONS["europe"]


def test_every_row_has_countries_of_one_region_and_a_source_of_its_own() -> None:
    listed = [country for row in ROWS for country in row.countries]
    assert len(listed) == len(set(listed))
    assert set(listed) <= COUNTRIES
    assert len({row.source for row in ROWS}) == len(ROWS)
    assert all("https://" in row.source for row in ROWS)


@pytest.mark.parametrize(("issuer", "account", "expected"), [
    ("FR", "FR", True), ("GB", "FR", True), ("CH", "CH", True), ("CH", "FR", True), ("IN", "IN", True),
    ("MY", "MY", True), ("JP", "JP", True), (None, "FR", True), ("JP", None, True), (None, None, True),
    ("UK", "EL", True), ("US", "US", False), ("FR", "US", False), (None, "US", False), ("US", None, False),
    ("JP", "FR", False), ("IN", "MY", False), ("US", "JP", False),
])  # fmt: skip
def test_authentication_is_expected_within_a_region(
    issuer: str | None, account: str | None, expected: bool
) -> None:
    assert is_authentication_expected(issuer, account) is expected
    assert is_authentication_expected(account, issuer) is expected


def test_countries_are_named_as_the_systems_table_names_them() -> None:
    table = Path("/usr/share/zoneinfo/iso3166.tab")
    if not table.exists():
        pytest.skip("this system has no table of ISO 3166-1")
    codes = {
        line.split("\t")[0] for line in table.read_text().splitlines() if not line.startswith("#")
    }
    assert codes | {"XK"} == COUNTRIES


def test_every_currency_has_a_smallest_and_a_largest_amount_that_are_possible() -> None:
    for currency in CURRENCIES:
        for amount in (smallest_amount(currency), largest_amount(currency)):
            check_amount(amount, currency)
        for amount in (0, largest_amount(currency) + smallest_amount(currency)):
            assert why_impossible(amount, currency)


@pytest.mark.parametrize(("currency", "step", "largest"), [
    ("eur", 1, LARGEST), ("jpy", 1, LARGEST), ("kwd", 10, 999_999_999_990), ("isk", 100, 999_999_999_900),
])  # fmt: skip
def test_possible_amounts_lie_as_far_apart_as_the_smallest_is_large(
    currency: str, step: int, largest: int
) -> None:
    assert (smallest_amount(currency), largest_amount(currency)) == (step, largest)
    for amount in range(1, 3 * step + 1):
        assert (why_impossible(amount, currency) is None) == (amount % step == 0)


def test_currencies_with_minor_units_of_their_own_are_known() -> None:
    for currency in ("jpy", "krw", "xof", "kwd", "bhd", "isk", "ugx"):
        assert currency in CURRENCIES
    with pytest.raises(Invalid):
        check_amount(1, "EUR")
