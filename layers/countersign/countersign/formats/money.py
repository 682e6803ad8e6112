"""Amounts in Stripe's minor units, and as the decimal string that a payer sees. Pure.

Follows Stripe's table (https://docs.stripe.com/currencies), which differs from ISO 4217.
"""

from functools import cache

from countersign.formats.currencies import CURRENCIES
from countersign.problems import Fault, Invalid

LARGEST = 999_999_999_999
"""Stripe takes at most twelve digits, in any currency."""

_DIGITS = {
    **dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf"), 0),
    **dict.fromkeys(("vnd", "vuv", "xaf", "xof", "xpf"), 0),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}
_WHOLE = frozenset({"isk", "ugx"})
"""These have no minor unit today, but Stripe counts them in hundredths, which are always 00."""
_USUAL = 2


def check_amount(amount: int, currency: str, *, least: int = 1) -> None:
    """Raise 422 for an amount that Stripe would not take: less than `least`, too many digits, a
    fraction that the currency does not have, or no currency in which people are paid.
    """
    faults: list[Fault] = []
    if not least <= amount <= LARGEST:
        faults.append(_fault("/amount", f"must be from {least} to {LARGEST}, in the minor unit"))
    if currency.lower() not in CURRENCIES:
        faults.append(_fault("/currency", "must be an ISO 4217 code of a currency in use"))
    elif currency != currency.lower():
        faults.append(_fault("/currency", "must be in lower case"))
    elif _DIGITS.get(currency) == 3 and amount % 10:
        faults.append(_fault("/amount", f"must end in 0 for {currency}, as Stripe requires"))
    elif currency in _WHOLE and amount % 100:
        faults.append(_fault("/amount", f"must end in 00 for {currency}, as Stripe requires"))
    if faults:
        raise Invalid(faults)


def why_impossible(amount: int, currency: str) -> str | None:
    """Return why Stripe would not take this amount, or `None` if it would."""
    try:
        check_amount(amount, currency)
    except Invalid as invalid:
        return "; ".join(fault["message"] for fault in invalid.errors)
    return None


@cache
def smallest_amount(currency: str) -> int:
    """Return the smallest possible amount, which is also the step between possible amounts."""
    return next(step for step in (1, 10, 100) if why_impossible(step, currency) is None)


@cache
def largest_amount(currency: str) -> int:
    """Return the largest possible amount."""
    return LARGEST - LARGEST % smallest_amount(currency)


def decimal_value(amount: int, currency: str) -> str:
    """Return the amount as a decimal string with all digits of the currency: 1099 usd is 10.99."""
    if currency in _WHOLE:
        return str(amount // 100)
    digits = _DIGITS.get(currency, _USUAL)
    if digits == 0:
        return str(amount)
    units, rest = divmod(amount, 10**digits)
    return f"{units}.{rest:0{digits}d}"


def _fault(pointer: str, message: str) -> Fault:
    return {"pointer": pointer, "message": message}
