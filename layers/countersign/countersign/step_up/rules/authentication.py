"""Where authentication of the payer is expected, and by which source. Pure.

A payment is in a region when both its sides, the card's issuer and the merchant's account, are
there or not known to be elsewhere.
"""

from collections.abc import Collection

from msgspec import Struct

from countersign.step_up.rules.countries import COUNTRIES

_EUROPEAN_UNION = """
AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
"""


class Row(Struct, frozen=True):
    """Countries where authentication is expected, and the `source` that says so. Payments between
    countries of one `region` are treated as payments within a country.
    """

    region: str
    countries: frozenset[str]
    source: str


def _row(region: str, countries: Collection[str], source: str) -> Row:
    return Row(region, frozenset(countries), source)


ROWS = (
    _row(
        "europe",
        _EUROPEAN_UNION.split(),
        "Directive (EU) 2015/2366, article 97, with Delegated Regulation (EU) 2018/389:"
        " https://eur-lex.europa.eu/eli/dir/2015/2366/oj",
    ),
    _row(
        "europe",
        ("AX", "GF", "GP", "MF", "MQ", "RE", "YT"),
        "Treaty on the Functioning of the European Union, article 355 (1) and (4), and for France"
        " article L133-1 of its monetary and financial code:"
        " https://www.legifrance.gouv.fr/codes/id/LEGISCTA000006170485",
    ),
    _row(
        "europe",
        ("IS", "LI", "NO"),
        "Decision of the EEA Joint Committee No 165/2019, which takes in Directive (EU) 2015/2366:"
        " https://eur-lex.europa.eu/eli/dec/2022/2157/oj",
    ),
    _row(
        "europe",
        ("GB", "GI"),
        "Payment Services Regulations 2017, regulation 100, with technical standards for providers"
        " of the United Kingdom and of Gibraltar:"
        " https://handbook.fca.org.uk/techstandards/PS/2021/2021_01/",
    ),
    _row(
        "europe",
        ("AD", "MC", "SM", "VA"),
        "the monetary agreements of these states with the European Union, whose annexes name"
        " Directive (EU) 2015/2366:"
        " https://economy-finance.ec.europa.eu/euro/eu-countries-and-euro/euro-outside-euro-area_en",
    ),
    _row(
        "europe",
        ("CH",),
        "no law: Stripe's engine treats Switzerland as it treats the European Economic Area:"
        " https://docs.stripe.com/payments/3d-secure/strong-customer-authentication-exemptions",
    ),
    _row(
        "india",
        ("IN",),
        "Reserve Bank of India (Authentication Mechanisms for Digital Payment Transactions)"
        " Directions, 2025, for domestic payments: https://docs.stripe.com/india-recurring-payments",
    ),
    _row(
        "malaysia",
        ("MY",),
        "Bank Negara Malaysia, whose guidelines have banks refuse online payments that are not"
        " strongly authenticated, unless the cardholder has agreed to such payments:"
        " https://knowledgebase.paynet.my/hc/en-us/articles/49687131043609",
    ),
    _row(
        "japan",
        ("JP",),
        "no law: the Credit Card Security Guidelines of Japan's card industry expect 3-D Secure of"
        " every online merchant since April 2025:"
        " https://docs.stripe.com/payments/3d-secure/japan-exemptions",
    ),
)
"""The table. Where a state of it has not adopted a law yet, one 3-D Secure too many is the lesser
fault.
"""
REGIONS = {
    name: frozenset[str]().union(*(row.countries for row in ROWS if row.region == name))
    for name in dict.fromkeys(row.region for row in ROWS)
}
"""The countries of each region."""
SCA_COUNTRIES = REGIONS["europe"]
"""The countries whose payments among each other fall under strong customer authentication."""


def is_authentication_expected(issuer_country: str | None, account_country: str | None) -> bool:
    """Return whether authentication is expected between these two countries. What is not the code
    of a country, as `UK`, is not known.
    """
    known = {issuer_country, account_country} & COUNTRIES
    return any(known <= region for region in REGIONS.values())
