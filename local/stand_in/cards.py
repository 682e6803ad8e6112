"""Cards as Stripe shows them: on a PaymentMethod or the preview of one, and on a charge
(docs.stripe.com/api/payment_methods/object, docs.stripe.com/api/charges/object).
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from local.stand_in.bodies import Body
from local.stand_in.issuers import DeclineCode

Brand = Literal[
    "amex", "cartes_bancaires", "diners", "discover", "eftpos_au", "jcb", "mastercard", "unionpay",
    "visa", "unknown",
]  # fmt: skip
Plays = Literal[
    "attempt_acknowledged", "challenge", "data_share_only", "exempted", "failed", "frictionless",
    "not_supported", "processing_error",
]  # fmt: skip
"""What 3-D Secure does with a card when it is asked for; `data_share_only` and `exempted` are what
Stripe does by itself, asked or not.
"""
Eci = Literal["01", "02", "05", "06", "07"]

_Result = Literal[
    "attempt_acknowledged", "authenticated", "data_share_only", "exempted", "failed",
    "not_supported", "processing_error",
]  # fmt: skip
_Reason = Literal[
    "abandoned", "bypassed", "canceled", "card_not_enrolled", "network_not_supported",
    "protocol_error", "rejected",
]  # fmt: skip
_DISPLAYED = {
    "amex": "american_express",
    "diners": "diners_club",
    "unionpay": "union_pay",
    "unknown": "other",
}
_OF_PAYMENT_METHOD = {"display_brand", "generated_from", "networks", "three_d_secure_usage"}
"""What a charge does not show of its card."""
HIDDEN = {"plays", "declines", "in_review", "hold_s"}
"""What a control says of a card and Stripe does not show."""
_NOT_SHOWN_AS_GIVEN = {"display_brand", "fingerprint", "networks", "wallet", *HIDDEN}
_Last4 = Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class Wallet(Body):
    """The wallet that a card came from; `dynamic_last4` is of the device's own number."""

    type: Literal["apple_pay", "google_pay"]
    dynamic_last4: _Last4 | None = None


class Networks(Body):
    """The networks of a card with more than one, and the one that its payer chose."""

    available: Annotated[list[Brand], Field(min_length=1)]
    preferred: Brand | None = None


class Card(Body):
    """What a control can say of a card. `country` is null for an issuer that is not known. A
    `fingerprint` that is not given is that of the number. `declines` is the issuer's word where it
    refuses every charge, `in_review` has the merchant's rules put a payment into review, and
    `hold_s` is how many seconds an authorization lasts.
    """

    brand: Brand = "visa"
    last4: _Last4 = "4242"
    exp_month: Annotated[int, Field(ge=1, le=12)] = 12
    exp_year: Annotated[int, Field(ge=2000, le=2099)] = 2034
    funding: Literal["credit", "debit", "prepaid", "unknown"] = "credit"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = "US"
    wallet: Wallet | None = None
    networks: Networks | None = None
    display_brand: Annotated[str, Field(max_length=40)] | None = None
    fingerprint: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,40}$")] | None = None
    plays: Plays | None = None
    declines: DeclineCode | None = None
    in_review: bool = False
    hold_s: Annotated[int, Field(ge=1, le=30 * 24 * 3600)] | None = None


class ThreeDSecure(Body):
    """What a control can say of the 3-D Secure of a charge; all of it can be absent."""

    authentication_flow: Literal["challenge", "frictionless"] | None = None
    electronic_commerce_indicator: Eci | None = None
    exemption_indicator: Literal["low_risk", "none"] | None = None
    exemption_indicator_applied: bool | None = None
    result: _Result | None = None
    result_reason: _Reason | None = None
    transaction_id: Annotated[str, Field(max_length=100)] | None = None
    version: Literal["1.0.2", "2.1.0", "2.2.0", "2.3.0", "2.3.1"] | None = None


def of_payment_method(card: Card) -> dict[str, Any]:
    """`card` of a PaymentMethod. The card behind a device token cannot do 3-D Secure."""
    is_device = card.wallet is not None and card.wallet.dynamic_last4 is not None
    networks = card.networks or Networks(available=[card.brand])
    return {
        **card.model_dump(exclude=_NOT_SHOWN_AS_GIVEN),
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": None if card.wallet else "pass",
        },
        "display_brand": card.display_brand or _DISPLAYED.get(card.brand, card.brand),
        "fingerprint": card.fingerprint or _fingerprint(card),
        "generated_from": None,
        "networks": networks.model_dump(),
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": not is_device},
        "wallet": _wallet(card.wallet) if card.wallet else None,
    }


def of_charge(
    card: Mapping[str, Any],
    amount: int,
    three_d_secure: ThreeDSecure | None,
    eci: str | None,
    network: str | None = None,
) -> dict[str, Any]:
    """`payment_method_details.card` of a charge, from the card of its PaymentMethod; `eci` is the
    network's own, the last word. `network` is the one that was asked for with the payment.
    """
    return {
        **{name: card[name] for name in card.keys() - _OF_PAYMENT_METHOD},
        "amount_authorized": amount,
        "electronic_commerce_indicator": eci,
        "installments": None,
        "mandate": None,
        "network": network or card["networks"]["preferred"] or card["brand"],
        "network_token": {"used": False},
        "three_d_secure": three_d_secure.model_dump() if three_d_secure else None,
    }


def _wallet(wallet: Wallet) -> dict[str, Any]:
    return {"type": wallet.type, "dynamic_last4": wallet.dynamic_last4, wallet.type: {}}


def _fingerprint(card: Card) -> str:
    """Return the same for the same number, whatever wallet it comes in."""
    number = f"{card.brand}/{card.last4}/{card.country}/{card.funding}"
    return hashlib.sha256(number.encode()).hexdigest()[:16]
