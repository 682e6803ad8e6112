"""The payments that can exist, and those of them that the floor lets proceed. Pure.

States as conditions what the code does that weighs the evidence (`evidence`), refuses orders
(`check_order`), knows where authentication is expected (`rules/authentication`) and keeps the floor
(`policy`).
"""

from countersign.step_up.rules.authentication import REGIONS
from countersign.step_up.rules.conditions import Value, When, Words
from countersign.step_up.rules.countries import COUNTRIES


def _when(**said: Value | Words) -> When:
    """Return conditions, each of them a word or `Words`."""
    words = said.items()
    return When(
        {name: one if isinstance(one, Words) else Words(frozenset({one})) for name, one in words}
    )


_UNKNOWN: dict[str, Value] = {"auth_method": "unknown", "assurance": "unknown", "eci": "none"}
_CLAIMED: dict[str, Value | Words] = _UNKNOWN | {
    "assurance": Words(frozenset({"unknown", "partial"}))
}
_KNOWN = Words(frozenset({"unknown"}), excluded=True)
_GOOGLE_PAY_OR_NONE = Words(frozenset({"google_pay", "none"}))
_NOT_GOOGLE_PAY = Words(frozenset({"google_pay"}), excluded=True)
_A_WALLET = Words(frozenset({"none"}), excluded=True)
_NOT_PARTIAL = Words(frozenset({"partial"}), excluded=True)
_PAN_ONLY: dict[str, Value | Words] = {"auth_method": "PAN_ONLY", "wallet": "google_pay"}

# Only Google's signature gives an ECI, and with a card that Stripe has read it may lack any
# assurance. A browser claims no more than that there is less of it, and that the card is Google
# Pay's, and does so only while the payer is present. Stripe says only that a Google Pay card is not
# a token.
_BY_EVIDENCE = (
    _when(evidence="signed", auth_method=_KNOWN, wallet="google_pay", off_session=False),
    _when(evidence="wallet", auth_method="CRYPTOGRAM_3DS", wallet="google_pay",
          assurance=_CLAIMED["assurance"], off_session=False),
    _when(evidence="wallet", **_CLAIMED, wallet=_A_WALLET, off_session=False),
    _when(evidence="wallet", **_UNKNOWN, wallet=_A_WALLET, off_session=True),
    _when(evidence="gateway", **_CLAIMED, off_session=False),
    _when(evidence="gateway", **_CLAIMED | _PAN_ONLY, off_session=False),
    _when(evidence="gateway", **_UNKNOWN, wallet=_NOT_GOOGLE_PAY, off_session=True),
    _when(evidence="gateway", **_UNKNOWN | _PAN_ONLY, off_session=True),
    _when(evidence="claimed", **_CLAIMED, wallet=_GOOGLE_PAY_OR_NONE, off_session=False),
    _when(evidence="none", **_UNKNOWN, wallet=_GOOGLE_PAY_OR_NONE, off_session=False),
    _when(evidence="none", **_UNKNOWN, wallet="none", off_session=True),
)  # fmt: skip
_NOWHERE = Words(COUNTRIES.difference(*REGIONS.values()))
_BY_PLACE = (
    *(
        _when(authentication_expected=True, issuer_country=side, acquirer_country=side)
        for side in (Words(COUNTRIES - region, excluded=True) for region in REGIONS.values())
    ),
    *(
        _when(
            authentication_expected=False,
            issuer_country=Words(region),
            acquirer_country=Words(COUNTRIES - region),
        )
        for region in REGIONS.values()
    ),
    _when(authentication_expected=False, issuer_country=_NOWHERE),
    _when(authentication_expected=False, acquirer_country=_NOWHERE),
)
KINDS = (_BY_EVIDENCE, _BY_PLACE)
"""Every payment is of one of the kinds of each family. No two families are about one condition, so
each kind of the one goes with each of the other.
"""

_ANSWERED_FOR = (
    _when(evidence="signed", auth_method="CRYPTOGRAM_3DS", assurance="full"),
    _when(evidence="wallet", assurance=_NOT_PARTIAL),
    _when(off_session=True),
)
PROCEEDING = (*_ANSWERED_FOR, _when(wallet=_NOT_GOOGLE_PAY, authentication_expected=False))
"""A payment that is none of these never proceeds, whatever a rule says."""
LEFT_TO_STRIPE = (*_ANSWERED_FOR, _when(wallet=_NOT_GOOGLE_PAY))
"""The same, for a rule that leaves the authentication to Stripe."""
