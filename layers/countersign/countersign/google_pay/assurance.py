"""Google's assurance details: https://developers.google.com/pay/api/web/reference/
response-objects#assurance-details-specifications. Pure.
"""

from dataclasses import dataclass
from typing import Any, Literal

AuthMethod = Literal["PAN_ONLY", "CRYPTOGRAM_3DS"]
"""A card of the Google account, or one that its issuer has put on the device with a number of its
own and a cryptogram for each payment.
"""


@dataclass(frozen=True, slots=True)
class Assurance:
    """`account_verified`: the payer was seen to possess the card. `card_holder_authenticated`: the
    issuer has identified and verified them. `None` for what is not said, or not said as a boolean.
    """

    account_verified: bool | None
    card_holder_authenticated: bool | None

    @property
    def is_full(self) -> bool:
        """Whether both were said to be true, as Google asks for to go without a step-up."""
        return self.account_verified is True and self.card_holder_authenticated is True


def read_assurance(details: Any) -> Assurance | None:
    """The assurance that an `assuranceDetails` object states; `None` without one. A text "true" or
    a 1 says nothing.
    """
    if not isinstance(details, dict):
        return None
    return Assurance(
        _flag(details.get("accountVerified")), _flag(details.get("cardHolderAuthenticated"))
    )


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
