"""Amounts in Stripe's minor units, and as the decimal string that a payer sees. Pure.

Follows Stripe's table (https://docs.stripe.com/currencies), which differs from ISO 4217.
"""

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


def check_amount(amount: int, currency: str) -> None:
    """Raise 422 for an amount that Stripe would not take: zero or less, too many digits, or a
    fraction that the currency does not have.
    """
    faults: list[Fault] = []
    if not 0 < amount <= LARGEST:
        faults.append(_fault("/amount", f"must be from 1 to {LARGEST}, in the minor unit"))
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        faults.append(_fault("/currency", "must be an ISO 4217 code"))
    elif currency != currency.lower():
        faults.append(_fault("/currency", "must be in lower case"))
    elif _DIGITS.get(currency) == 3 and amount % 10:
        faults.append(_fault("/amount", f"must end in 0 for {currency}, as Stripe requires"))
    elif currency in _WHOLE and amount % 100:
        faults.append(_fault("/amount", f"must end in 00 for {currency}, as Stripe requires"))
    if faults:
        raise Invalid(faults)


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
