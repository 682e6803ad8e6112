"""Countries as payments name them (ISO 3166-1 alpha-2, upper case), and those where the law
requires strong customer authentication.
"""

_ALL = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
_EUROPEAN_UNION = """
AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
"""
_PARTS_OF_THE_UNION = ("AX", "GF", "GP", "MF", "MQ", "RE", "YT")
"""With codes of their own: Åland, and the parts of France in article L133-1 of its monetary and
financial code (Treaty on the Functioning of the European Union, article 355, (1) and (4)).
"""
_ECONOMIC_AREA = ("IS", "LI", "NO")
_KEPT_THE_LAW = ("GB", "GI")
"""On leaving: in Britain, regulation 100 of the Payment Services Regulations 2017."""
_TOOK_THE_LAW = ("AD", "MC", "SM", "VA")
"""With the euro, by monetary agreements with the Union. Where one of them has not adopted the law
yet, one 3-D Secure too many is the lesser fault.
"""

COUNTRIES = frozenset(_ALL.split())
"""All of ISO 3166-1, and XK for Kosovo, which has no code there; card networks and Stripe use this
one.
"""
SCA_COUNTRIES = frozenset(
    {
        *_EUROPEAN_UNION.split(),
        *_PARTS_OF_THE_UNION,
        *_ECONOMIC_AREA,
        *_KEPT_THE_LAW,
        *_TOOK_THE_LAW,
    }
)
"""Where Directive (EU) 2015/2366, article 97, or a law that repeats it requires the payer's strong
authentication, for payments whose issuer and acquirer are both there.
"""
