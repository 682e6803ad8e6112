"""What a browser claims about the card. Google signs none of it, so it can only raise what is
required (docs/decisions.md#a-claim-can-only-raise). Pure.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from msgspec import Struct

from countersign.google_pay.assurance import Assurance, read_assurance
from countersign.step_up.payment_data import method_data

_FUNDINGS = {"CREDIT": "credit", "DEBIT": "debit", "PREPAID": "prepaid"}
_NETWORK = re.compile(r"[A-Z][A-Z_]{0,39}")
"""Google's names of networks. A browser may send anything, and this is stored."""


class Claims(Struct, frozen=True):
    """What the browser says about the card, signed by nobody; `None` where it says nothing."""

    wallet: str | None = None
    assurance: Assurance | None = None
    network: str | None = None
    funding: str | None = None

    @property
    def is_about_card(self) -> bool:
        """Whether anything is claimed of the card, beside its wallet."""
        return (self.assurance, self.network, self.funding) != (None, None, None)

    @property
    def lacks_assurance(self) -> bool:
        """Whether there is an assurance object that does not say both flags. One that does changes
        nothing.
        """
        return self.assurance is not None and not self.assurance.is_full

    def exceed(self, signed: Assurance | None) -> bool:
        """Whether a flag is claimed to be true that Google has not signed as true."""
        claimed, said = _flags(self.assurance), _flags(signed)
        return any(
            one is True and other is not True for one, other in zip(claimed, said, strict=True)
        )


def read_claims(payment_data: Mapping[str, Any] | None) -> Claims:
    """Return the claims in `info` of https://developers.google.com/pay/api/web/reference/
    response-objects. A network or a funding of another form claims nothing.
    """
    if payment_data is None:
        return Claims()
    info = method_data(payment_data).get("info")
    said = info if isinstance(info, Mapping) else {}
    network, funding = said.get("cardNetwork"), said.get("cardFundingSource")
    return Claims(
        wallet="google_pay",
        assurance=read_assurance(said.get("assuranceDetails")),
        network=network.lower() if _is_network(network) else None,
        funding=_FUNDINGS.get(funding) if isinstance(funding, str) else None,
    )


def _is_network(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and _NETWORK.fullmatch(value) is not None


def _flags(assurance: Assurance | None) -> tuple[bool | None, bool | None]:
    if assurance is None:
        return None, None
    return assurance.account_verified, assurance.card_holder_authenticated
