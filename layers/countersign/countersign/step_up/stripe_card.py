"""Cards and charges as Stripe has them. Pure.

https://docs.stripe.com/api/payment_methods/object#payment_method_object-card. Stripe shows neither
Google Pay's auth method nor its assurance. `dynamic_last4` exists for tokenized numbers only:
without it, a Google Pay card is `PAN_ONLY`; with it, nothing is known of the cardholder
(https://docs.stripe.com/google-pay/disputes-refunds).
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.step_up.rules.countries import COUNTRIES

_SHOWN_BRANDS = {
    "american_express": "amex",
    "diners_club": "diners",
    "eftpos_australia": "eftpos_au",
    "union_pay": "unionpay",
}
"""Stripe's other spellings of networks, in `display_brand`."""
_NOT_SAID = "unknown"
"""What Stripe shows as a charge's network where it does not say."""


class StripeCard(Struct, frozen=True):
    """A card of a PaymentMethod, a ConfirmationToken or a Charge, read back from Stripe. `network`
    is the one that the payer chose, or that a charge ran on; `networks` are all that the card has,
    `chosen_network` is that of a co-badged card which its payer chose, where they did.
    `fingerprint` is Stripe's, by which one account knows the card again.
    """

    network: str | None
    funding: str | None
    issuer_country: str | None
    last4: str | None
    dynamic_last4: str | None
    exp_month: int | None
    exp_year: int | None
    wallet: str | None
    fingerprint: str | None = None
    networks: frozenset[str] = frozenset()
    chosen_network: str | None = None

    @property
    def is_device_token(self) -> bool:
        """Whether this is a card in a wallet with a number of its own."""
        return self.wallet is not None and self.dynamic_last4 is not None


class ThreeDSecureResult(Struct, frozen=True):
    """What 3-D Secure came to: https://docs.stripe.com/api/charges/object#charge_object-
    payment_method_details-card-three_d_secure.
    """

    result: str | None = None
    authentication_flow: str | None = None
    electronic_commerce_indicator: str | None = None
    exemption_indicator: str | None = None
    exemption_indicator_applied: bool | None = None
    result_reason: str | None = None
    version: str | None = None

    @property
    def is_exemption_missed(self) -> bool:
        """Whether an exemption was asked for and did not come about, and nobody was authenticated:
        nobody answers for such a payment but the merchant.
        """
        is_asked = self.exemption_indicator not in (None, "none")
        is_missed = is_asked and self.exemption_indicator_applied is False
        return is_missed and self.result != "authenticated"


class Charge(Struct, frozen=True):
    """The latest charge of a PaymentIntent: when it was made (Unix seconds, by Stripe's clock), the
    card if it was one, its 3-D Secure, and the network's own ECI
    (https://docs.stripe.com/payments/electronic-commerce-indicator). Amounts are in Stripe's minor
    unit of the currency.
    """

    created: int
    card: StripeCard | None
    three_d_secure: ThreeDSecureResult | None
    eci: str | None
    amount_captured: int = 0
    amount_refunded: int = 0
    disputed: bool = False


def read_card(found: Mapping[str, Any]) -> StripeCard | None:
    """Return the card of a PaymentMethod, of a ConfirmationToken's preview of one, or of a Charge's
    details; `None` when the payer does not pay with a card.
    """
    method = found.get("payment_method_preview", found)
    card = _object(_object(method).get("card"))
    if not card:
        return None
    wallet = _object(card.get("wallet"))
    return StripeCard(
        network=_network(card),
        funding=_text(card.get("funding")),
        issuer_country=_country(card.get("country")),
        last4=_text(card.get("last4")),
        dynamic_last4=_text(wallet.get("dynamic_last4")),
        exp_month=_number(card.get("exp_month")),
        exp_year=_number(card.get("exp_year")),
        wallet=_text(wallet.get("type")),
        fingerprint=_text(card.get("fingerprint")),
        networks=_networks(card),
        chosen_network=_chosen_network(card),
    )


def read_charge(intent: Mapping[str, Any]) -> Charge | None:
    """Return the latest charge, expanded in a PaymentIntent; `None` before there is one."""
    charge = _object(intent.get("latest_charge"))
    created = _number(charge.get("created"))
    if created is None:
        return None
    details = _object(charge.get("payment_method_details"))
    card = _object(details.get("card"))
    return Charge(
        created=created,
        card=read_card(details),
        three_d_secure=_read_three_d_secure(_object(card.get("three_d_secure"))),
        eci=_text(card.get("electronic_commerce_indicator")),
        amount_captured=_number(charge.get("amount_captured")) or 0,
        amount_refunded=_number(charge.get("amount_refunded")) or 0,
        disputed=charge.get("disputed") is True,
    )


def _network(card: Mapping[str, Any]) -> str | None:
    """Return the network that a charge ran on, else the payer's choice among those of the card,
    else its brand (https://docs.stripe.com/co-badged-cards-compliance).
    """
    shown = _text(card.get("display_brand"))
    shown = _SHOWN_BRANDS.get(shown or "", shown)
    known, wished = _networks(card), (_text(card.get("network")), _chosen_network(card), shown)
    return next((one for one in wished if one in known), None) or _text(card.get("brand"))


def _chosen_network(card: Mapping[str, Any]) -> str | None:
    preferred = _text(_object(card.get("networks")).get("preferred"))
    return preferred if preferred in _networks(card) else None


def _networks(card: Mapping[str, Any]) -> frozenset[str]:
    available = _object(card.get("networks")).get("available")
    named = available if isinstance(available, list) else []
    every = (*named, card.get("network"), card.get("brand"))
    return frozenset(one for one in every if isinstance(one, str) and one != _NOT_SAID)


def _read_three_d_secure(proof: Mapping[str, Any]) -> ThreeDSecureResult | None:
    if not proof:
        return None
    applied = proof.get("exemption_indicator_applied")
    names = ThreeDSecureResult.__struct_fields__
    said: dict[str, Any] = {name: _text(proof.get(name)) for name in names}
    said["exemption_indicator_applied"] = applied if isinstance(applied, bool) else None
    return ThreeDSecureResult(**said)


def _country(value: Any) -> str | None:
    """Return a country; what is no code of one is not known, for rules as for the floor."""
    country = _text(value)
    return country if country in COUNTRIES else None


def _object(value: Any) -> Mapping[str, Any]:
    """Return an object. Stripe's members may be null, and one of another type says nothing."""
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    """Return a text; an empty one says nothing either."""
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
