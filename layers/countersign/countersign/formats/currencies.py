"""Which currencies there are, and which amounts are possible in each. Pure.

Those in which Stripe takes payments (https://docs.stripe.com/currencies), and the rest of ISO 4217
that somebody is paid in: a new one of Stripe's is most likely among them.
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
    """What keeps Stripe from taking this amount; `None` when nothing does."""
    try:
        check_amount(amount, currency)
    except Invalid as invalid:
        return "; ".join(fault["message"] for fault in invalid.errors)
    return None


@cache
def smallest_amount(currency: str) -> int:
    """The smallest amount that is possible, which is also how far the possible ones lie apart."""
    return next(step for step in (1, 10, 100) if why_impossible(step, currency) is None)


@cache
def largest_amount(currency: str) -> int:
    """The largest amount that is possible."""
    return LARGEST - LARGEST % smallest_amount(currency)
