"""The order that a merchant's server wants a decision on, as it was sent. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from countersign.formats.money import check_amount
from countersign.problems import Invalid
from countersign.step_up.stripe_card import StripeCard


class StatedCard(Struct, frozen=True):
    """What the merchant's server knows about the card."""

    network: str | None = None
    funding: str | None = None
    issuer_country: str | None = None


class Order(Struct, frozen=True):
    """An order to decide. `amount` is in Stripe's minor unit, 0 for a card that is saved and not
    charged; `payer` is the handle of a payer at this merchant. `payment_data` is what Google Pay
    gave the browser, `token` its sealed part. `at_stripe` is the card that is named, where it was
    read already.
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
    at_stripe: StripeCard | None = None


def check_order(order: Order, *, has_token: bool) -> None:
    """Raise 422 for an amount that Stripe does not accept, and for an off-session payment with
    members that only a payer who is present can give. `has_token` counts a supposed token, too.
    """
    check_amount(order.amount, order.currency, least=0)
    is_present = has_token or order.payment_data is not None or order.confirmation_token
    if order.off_session and is_present:
        message = "is for payments without the payer: leave out google_pay and confirmation_token"
        raise Invalid([{"pointer": "/off_session", "message": message}])
