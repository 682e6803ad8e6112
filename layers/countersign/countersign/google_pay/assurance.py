"""Google's assurance details: https://developers.google.com/pay/api/web/reference/
response-objects#assurance-details-specifications. Pure.
"""

from typing import Any, Literal

from msgspec import Struct

AuthMethod = Literal["PAN_ONLY", "CRYPTOGRAM_3DS"]
"""A card of the Google account, or a card that its issuer has put on the device, with a number of
its own and a cryptogram for each payment.
"""


class Assurance(Struct, frozen=True):
    """Google's two flags. `account_verified`: the payer has proved possession of the card.
    `card_holder_authenticated`: the issuer has identified and verified them. A flag that is absent,
    or not a boolean, is `None`.
    """

    account_verified: bool | None
    card_holder_authenticated: bool | None

    @property
    def is_full(self) -> bool:
        """Whether both flags are true, which Google requires to omit the step-up."""
        return self.account_verified is True and self.card_holder_authenticated is True


def read_assurance(details: Any) -> Assurance | None:
    """Return the assurance that `assuranceDetails` state; `None` without them. A string "true" or a
    1 states nothing, and what is not an object states neither flag.
    """
    if details is None:
        return None
    flags = details if isinstance(details, dict) else {}
    return Assurance(
        _flag(flags.get("accountVerified")), _flag(flags.get("cardHolderAuthenticated"))
    )


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
