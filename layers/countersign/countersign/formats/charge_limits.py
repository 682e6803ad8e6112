"""The limits of a charge, by Stripe's tables. Pure.

https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. Where Stripe gives no
smallest amount for a currency, it refuses itself what is worth less than about 0.50 USD.
"""

from countersign.formats.money import LARGEST, check_amount
from countersign.problems import Invalid

_SMALLEST = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
"""The smallest charge of a currency, in its minor unit."""
_TWELVE_DIGITS = frozenset({"idr"})
_EIGHT_DIGITS = 99_999_999


def check_charge(amount: int, currency: str) -> None:
    """Raise 422 for an amount that Stripe does not charge at once, or that no currency has."""
    check_amount(amount, currency)
    least = _SMALLEST.get(currency, 1)
    most = LARGEST if currency in _TWELVE_DIGITS else _EIGHT_DIGITS
    if not least <= amount <= most:
        message = f"must be from {least} to {most} for {currency}, in the minor unit"
        raise Invalid([{"pointer": "/amount", "message": message}])
