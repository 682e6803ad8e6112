"""The least and the most that Stripe charges in a currency, in its minor unit
(docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). Pure.
"""

from local.stand_in.errors import StripeError

_LEAST = {
    "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
"""Of the currencies that Stripe's table has; for another, what half a dollar is worth counts, which
is not looked up here.
"""
_MOST_DIGITS, _OF_RUPIAH = 8, 12
_UNIT = {"huf": 100, "isk": 100, "ugx": 100, "bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10}
"""Amounts that have to be whole: currencies charged without a minor unit though they are written
with one, and three-decimal ones, whose last digit is nought.
"""


def check(amount: int, currency: str) -> None:
    """Raise StripeError for an amount that Stripe does not charge."""
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise StripeError(f"Invalid currency: {currency[:20]}.", param="currency")
    known = currency.lower()
    if amount < _LEAST.get(known, 1):
        message = f"Amount must be no less than {_LEAST.get(known, 1)} in {known}."
        raise StripeError(message, code="amount_too_small", param="amount")
    if len(str(amount)) > (_OF_RUPIAH if known == "idr" else _MOST_DIGITS):
        message = f"Amount must be no more than {_MOST_DIGITS} digits."
        raise StripeError(message, code="amount_too_large", param="amount")
    if amount % _UNIT.get(known, 1):
        message = f"Amounts in {known} are multiples of {_UNIT[known]}."
        raise StripeError(message, code="parameter_invalid_integer", param="amount")
