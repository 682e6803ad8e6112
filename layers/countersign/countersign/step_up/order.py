"""What a merchant's server asks a decision about, as it was sent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign.formats.money import check_amount
from countersign.problems import Invalid


@dataclass(frozen=True, slots=True)
class StatedCard:
    """What the merchant's server knows of the card by itself."""

    network: str | None = None
    funding: str | None = None
    issuer_country: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """`amount` is in Stripe's minor unit; `payer` is the handle of a payer at this merchant.
    `payment_data` is what Google Pay gave the browser, `token` the sealed part of it.
    """

    account_id: str
    amount: int
    currency: str
    payer: str | None = None
    token: str | None = None
    payment_data: Mapping[str, Any] | None = None
    payment_method: str | None = None
    confirmation_token: str | None = None
    acquirer_country: str | None = None
    card: StatedCard = StatedCard()
    off_session: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


def check_order(order: Order, *, has_token: bool) -> None:
    """Raise 422 for an amount that Stripe would not take, and for an off-session payment that comes
    with what only somebody who is there can give. A token may also be a supposed one.
    """
    check_amount(order.amount, order.currency)
    is_there = has_token or order.payment_data is not None or order.confirmation_token
    if order.off_session and is_there:
        message = "is for payments with nobody there, who have no google_pay or confirmation_token"
        raise Invalid([{"pointer": "/off_session", "message": message}])
