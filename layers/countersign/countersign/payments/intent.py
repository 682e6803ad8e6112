"""A PaymentIntent as Stripe has it now, read with its latest charge and its review. Pure.

https://docs.stripe.com/api/payment_intents/object and https://docs.stripe.com/api/charges/object.
Its `client_secret` is not among what is read: that is for the payer's browser alone.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from countersign.payments.attempt import NO_MONEY, Money
from countersign.payments.metadata import PAYMENT
from countersign.step_up.stripe_card import Charge, read_charge

EXPAND = ("latest_charge", "review")
"""What is read with a PaymentIntent."""
_ELSEWHERE = ("on_behalf_of", "transfer_data", "transfer_group")
"""Members that would give the money, or the sale, to another account: we never set them."""

FINAL = ("succeeded", "canceled")
"""The statuses of a PaymentIntent that has ended."""

Review = Literal["none", "open", "approved", "refused", "unread"]
"""Stripe's own review (https://docs.stripe.com/radar/reviews)."""


class Intent(Struct, frozen=True):
    """What matters here of a PaymentIntent. Amounts are in Stripe's minor unit of the currency;
    `capture_before` is Unix seconds. `elsewhere` names the members that give money to another
    account. `charge` and what begins with `charge_` is the latest charge's.
    """

    id: str
    status: str
    payment: str | None
    livemode: bool
    amount: int
    currency: str
    capture_method: str | None
    confirmation_method: str | None
    customer: str | None
    application_fee_amount: int | None
    elsewhere: tuple[str, ...]
    amount_capturable: int
    amount_received: int
    cancellation_reason: str | None
    code: str | None
    decline_code: str | None
    failed_charge: str | None
    review: Review
    charge: Charge | None = None
    charge_id: str | None = None
    charge_amount: int = 0
    charge_method: str | None = None
    capture_before: int | None = None

    @property
    def is_captured(self) -> bool:
        """Whether money was taken."""
        return self.status == "succeeded"

    @property
    def is_canceled(self) -> bool:
        """Whether it has ended without money."""
        return self.status == "canceled"

    @property
    def awaits_card(self) -> bool:
        """Whether another card may be confirmed: the last was declined, or none was."""
        return self.status == "requires_payment_method"

    @property
    def is_approved(self) -> bool:
        """Whether Stripe wants no review of it, or has approved it in one."""
        return self.review in ("none", "approved")

    def money_after(self, known: Money) -> Money:
        """Return what has become of the money. A hold that is released is shown as refunded, too.
        Where its charge could not be read, what was `known` of it before stays.
        """
        charge = self.charge
        if charge is None:
            same = known if self.charge_id == known.charge else NO_MONEY
            return replace(same, captured=self.amount_received) if self.is_captured else same
        secure, card = charge.three_d_secure, charge.card
        captured = charge.amount_captured if self.is_captured else 0
        return Money(
            captured=captured,
            refunded=charge.amount_refunded if captured else 0,
            disputed=charge.disputed,
            three_d_secure=secure.result if secure else None,
            authentication_flow=secure.authentication_flow if secure else None,
            eci=charge.eci or (secure.electronic_commerce_indicator if secure else None),
            wallet=card.wallet if card and card.is_device_token else None,
            capture_before=self.capture_before,
            charge=self.charge_id,
        )


def read_intent(found: Mapping[str, Any]) -> Intent:
    """Return what matters of Stripe's object, read with `EXPAND` as far as that is permitted."""
    metadata = found.get("metadata") or {}
    error = found.get("last_payment_error") or {}
    charge = found.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    card = ((charge.get("payment_method_details") or {}).get("card")) or {}
    return Intent(
        id=found["id"],
        status=found["status"],
        payment=metadata.get(PAYMENT),
        livemode=found.get("livemode") is True,
        amount=found["amount"],
        currency=found["currency"],
        capture_method=found.get("capture_method"),
        confirmation_method=found.get("confirmation_method"),
        customer=_id(found.get("customer")),
        application_fee_amount=found.get("application_fee_amount"),
        elsewhere=tuple(name for name in _ELSEWHERE if found.get(name) or charge.get(name)),
        amount_capturable=found.get("amount_capturable") or 0,
        amount_received=found.get("amount_received") or 0,
        cancellation_reason=found.get("cancellation_reason"),
        code=error.get("code"),
        decline_code=error.get("decline_code"),
        failed_charge=_id(error.get("charge")),
        review=_review(found.get("review")),
        charge=read_charge(found),
        charge_id=_id(found.get("latest_charge")),
        charge_amount=charge.get("amount") or 0,
        charge_method=_id(charge.get("payment_method")),
        capture_before=card.get("capture_before"),
    )


def _review(found: Any) -> Review:
    """Return how far Stripe's review is; one that was not expanded is not read."""
    if not found:
        return "none"
    if not isinstance(found, Mapping):
        return "unread"
    if found.get("open") is True:
        return "open"
    return "approved" if found.get("reason") == "approved" else "refused"


def _id(found: Any) -> str | None:
    """Return the id of an object, expanded or not."""
    named = found.get("id") if isinstance(found, Mapping) else found
    return named if isinstance(named, str) else None
