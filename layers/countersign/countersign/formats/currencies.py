"""The currencies, and the amounts that are possible in each. Pure.

The list has the currencies in which Stripe takes payments (https://docs.stripe.com/currencies) and
the others of ISO 4217 in which people are paid, since Stripe may add one of them.
"""

from functools import cache

from countersign.formats.money import LARGEST, check_amount
from countersign.problems import Invalid

_ALL = """
aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn
bzd cad cdf chf clf clp cny cop crc cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel
ghs gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr iqd irr isk jmd jod jpy kes kgs khr kmf kpw
krw kwd kyd kzt lak lbp lkr lrd lsl lyd mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn
nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sdg sek
sgd shp sle sos srd ssp std stn svc syp szl thb tjs tmt tnd top try ttd twd tzs uah ugx usd uyu
uzs ves vnd vuv wst xaf xcd xcg xof xpf yer zar zmw zwg
"""
CURRENCIES = frozenset(_ALL.split())


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
