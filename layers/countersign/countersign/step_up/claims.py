"""What a browser claims about the card. Google signs none of it, so it can only raise what is
required (docs/decisions.md#a-claim-can-only-raise). Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from countersign.google_pay.assurance import Assurance, read_assurance

_FUNDINGS = {"CREDIT": "credit", "DEBIT": "debit", "PREPAID": "prepaid"}
_NETWORK = re.compile(r"[A-Z][A-Z_]{0,39}")
"""Google's names of networks. A browser may send anything, and this is stored."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the browser says about the card, signed by nobody."""

    assurance: Assurance | None
    network: str | None
    funding: str | None

    def exceed(self, signed: Assurance | None) -> bool:
        """Whether a flag is claimed to be true that Google has not signed as true."""
        claimed, said = _flags(self.assurance), _flags(signed)
        return any(
            one is True and other is not True for one, other in zip(claimed, said, strict=True)
        )

    def deny(self, signed: Assurance | None) -> bool:
        """Whether a flag is claimed to be false where Google has signed both as true."""
        return signed is not None and signed.is_full and False in _flags(self.assurance)


def read_claims(payment_data: Mapping[str, Any] | None) -> Claims:
    """Return the claims in `paymentMethodData.info` of https://developers.google.com/pay/api/web/
    reference/response-objects. A member of another type claims nothing.
    """
    info = object_at(payment_data, "paymentMethodData", "info")
    network, funding = info.get("cardNetwork"), info.get("cardFundingSource")
    return Claims(
        assurance=read_assurance(info.get("assuranceDetails")),
        network=network.lower() if _is_network(network) else None,
        funding=_FUNDINGS.get(funding) if isinstance(funding, str) else None,
    )


def object_at(payment_data: Any, *names: str) -> Mapping[str, Any]:
    """Return the object at a path of member names in what a browser sent; else an empty one."""
    for name in names:
        payment_data = payment_data.get(name) if isinstance(payment_data, Mapping) else None
    return payment_data if isinstance(payment_data, Mapping) else {}


def _is_network(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and _NETWORK.fullmatch(value) is not None


def _flags(assurance: Assurance | None) -> tuple[bool | None, bool | None]:
    if assurance is None:
        return None, None
    return assurance.account_verified, assurance.card_holder_authenticated
