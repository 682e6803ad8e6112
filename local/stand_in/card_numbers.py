"""The card behind a number that a payer types: Stripe's test numbers, and any other of a known
network whose check digit is right (docs.stripe.com/testing). Pure.
"""

import re

from local.stand_in.cards import Brand, Card, Networks

_BRANDS: tuple[tuple[str, Brand, tuple[int, ...]], ...] = (
    (r"4", "visa", (13, 16, 19)),
    (r"5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720)", "mastercard", (16,)),
    (r"3[47]", "amex", (15,)),
    (r"6011|64[4-9]|65", "discover", (16, 19)),
    (r"3(0[0-5]|[68])", "diners", (14, 16)),
    (r"35", "jcb", (16,)),
    (r"62|81", "unionpay", (16, 19)),
)
_TEST_VISA = re.compile(r"400000([0-9]{3})[0-9]{7}")
"""Visa's test numbers name the country of the issuer (ISO 3166-1, in digits) after these six."""
_COUNTRIES = {
    "036": "AU", "040": "AT", "056": "BE", "076": "BR", "124": "CA", "208": "DK", "246": "FI",
    "250": "FR", "276": "DE", "344": "HK", "356": "IN", "372": "IE", "380": "IT", "392": "JP",
    "484": "MX", "528": "NL", "554": "NZ", "578": "NO", "616": "PL", "620": "PT", "702": "SG",
    "724": "ES", "752": "SE", "756": "CH", "826": "GB",
}  # fmt: skip
_FUNDING = {
    "4000056655665556": "debit",
    "5200828282828210": "debit",
    "5105105105105100": "prepaid",
}
_CO_BADGED = {"4000002500001001", "5555552500001001"}
"""Cartes Bancaires with a second network."""


def card_of(number: str, exp_month: int, exp_year: int) -> Card | None:
    """Return the card of a number, `None` for a number that no card has."""
    brand = _brand(number)
    if brand is None or not _checks(number):
        return None
    networks = Networks(available=["cartes_bancaires", brand]) if number in _CO_BADGED else None
    return Card.model_validate(
        {
            "brand": brand,
            "last4": number[-4:],
            "exp_month": exp_month,
            "exp_year": exp_year,
            "funding": _FUNDING.get(number, "credit"),
            "country": _country(number),
            "networks": networks,
        }
    )


def _brand(number: str) -> Brand | None:
    if not re.fullmatch(r"[0-9]{12,19}", number):
        return None
    for prefix, brand, lengths in _BRANDS:
        if re.match(prefix, number) and len(number) in lengths:
            return brand
    return None


def _country(number: str) -> str:
    if number in _CO_BADGED:
        return "FR"
    found = _TEST_VISA.fullmatch(number)
    return _COUNTRIES.get(found[1], "US") if found else "US"


def _checks(number: str) -> bool:
    """Return whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
