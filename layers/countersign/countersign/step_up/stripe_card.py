"""Cards and payments as Stripe has them. Pure.

https://docs.stripe.com/api/payment_methods/object#payment_method_object-card. Stripe tells neither
Google Pay's auth method nor its assurance. `dynamic_last4` is there for tokenised numbers only:
without it, a Google Pay card is `PAN_ONLY`; with it, nothing is known of the cardholder
(https://docs.stripe.com/google-pay/disputes-refunds).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_THREE_D_SECURE = (
    "result",
    "authentication_flow",
    "electronic_commerce_indicator",
    "exemption_indicator",
    "result_reason",
    "version",
)


@dataclass(frozen=True, slots=True)
class StripeCard:
    """A card of a PaymentMethod, a ConfirmationToken or a Charge, read back from Stripe."""

    network: str | None
    funding: str | None
    issuer_country: str | None
    last4: str | None
    dynamic_last4: str | None
    exp_month: int | None
    exp_year: int | None
    wallet: str | None


@dataclass(frozen=True, slots=True)
class Charge:
    """How a PaymentIntent was charged last: when (Unix seconds, by Stripe's clock), on which card
    if on one, with which 3-D Secure (https://docs.stripe.com/api/charges/object), and the
    network's own ECI (https://docs.stripe.com/payments/electronic-commerce-indicator).
    """

    created: int
    card: StripeCard | None
    three_d_secure: dict[str, str | None] | None
    eci: str | None


def read_card(found: Mapping[str, Any]) -> StripeCard | None:
    """The card of a PaymentMethod, of a ConfirmationToken's preview of one, or of a Charge's
    details; `None` when what the payer pays with is no card.
    """
    method = found.get("payment_method_preview", found)
    card = _object(_object(method).get("card"))
    if not card:
        return None
    wallet = _object(card.get("wallet"))
    return StripeCard(
        network=_text(card.get("brand")),
        funding=_text(card.get("funding")),
        issuer_country=_text(card.get("country")),
        last4=_text(card.get("last4")),
        dynamic_last4=_text(wallet.get("dynamic_last4")),
        exp_month=_number(card.get("exp_month")),
        exp_year=_number(card.get("exp_year")),
        wallet=_text(wallet.get("type")),
    )


def read_charge(intent: Mapping[str, Any]) -> Charge | None:
    """The latest charge of a PaymentIntent that was read with it; `None` before there is one."""
    charge = _object(intent.get("latest_charge"))
    created = _number(charge.get("created"))
    if created is None:
        return None
    details = _object(charge.get("payment_method_details"))
    card = _object(details.get("card"))
    proof = _object(card.get("three_d_secure"))
    return Charge(
        created=created,
        card=read_card(details),
        three_d_secure={name: _text(proof.get(name)) for name in _THREE_D_SECURE}
        if proof
        else None,
        eci=_text(card.get("electronic_commerce_indicator")),
    )


def _object(value: Any) -> Mapping[str, Any]:
    """Stripe's members may be null, and one that is not of its type tells nothing."""
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
