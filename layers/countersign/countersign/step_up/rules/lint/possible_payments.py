"""The payments that can exist, and those of them that the floor lets proceed. Pure.

States as conditions what the code does that weighs the evidence (`evidence`), refuses orders
(`check_order`) and keeps the floor (`policy`).
"""

from countersign.step_up.rules.conditions import Value, When, Words
from countersign.step_up.rules.countries import COUNTRIES, SCA_COUNTRIES


def _when(**said: Value | Words) -> When:
    """Return conditions, each of them a word or `Words`."""
    words = said.items()
    return When(
        {name: one if isinstance(one, Words) else Words(frozenset({one})) for name, one in words}
    )


_UNKNOWN: dict[str, Value] = {"auth_method": "unknown", "assurance": "unknown", "eci": "none"}
_KNOWN = Words(frozenset({"unknown"}), excluded=True)
_GOOGLE_PAY_OR_NONE = Words(frozenset({"google_pay", "none"}))
_NOT_GOOGLE_PAY = Words(frozenset({"google_pay"}), excluded=True)
_ELSEWHERE = Words(COUNTRIES - SCA_COUNTRIES)

# Only Google's signature gives an ECI. A browser claims no more than the assurance, and Stripe says
# only that a Google Pay card is not a token. Off session, only what was saved at Stripe can come
# from Google Pay.
KINDS = (
    _when(evidence="signed", auth_method=_KNOWN, wallet="google_pay", off_session=False),
    _when(evidence="gateway", **_UNKNOWN),
    _when(evidence="gateway", **_UNKNOWN | {"auth_method": "PAN_ONLY", "wallet": "google_pay"}),
    _when(evidence="claimed", auth_method="unknown", eci="none", wallet="google_pay",
          off_session=False),
    _when(evidence="none", **_UNKNOWN, wallet=_GOOGLE_PAY_OR_NONE, off_session=False),
    _when(evidence="none", **_UNKNOWN, wallet="none", off_session=True),
)  # fmt: skip
"""Every payment is of one of these kinds."""

PROCEEDING = (
    _when(evidence="signed", auth_method="CRYPTOGRAM_3DS", assurance="full"),
    _when(wallet=_NOT_GOOGLE_PAY, off_session=True),
    _when(wallet=_NOT_GOOGLE_PAY, issuer_country=_ELSEWHERE),
    _when(wallet=_NOT_GOOGLE_PAY, acquirer_country=_ELSEWHERE),
)
"""A payment that is none of these never proceeds, whatever a rule says."""
