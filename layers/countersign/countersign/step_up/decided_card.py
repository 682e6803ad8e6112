"""The card that was decided about, by what Stripe will show of it. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from countersign.formats.records import from_members
from countersign.google_pay.card import CardFacts
from countersign.google_pay.payload import SignedCard
from countersign.step_up.refusals import card_differs
from countersign.step_up.stripe_card import StripeCard


class DecidedCard(Struct, frozen=True):
    """The card that a payment is held to, never with its PAN. `last4` is of the card's own number,
    `dynamic_last4` of a device's number for it. `fingerprint` is Stripe's, by which one account
    knows the card again, and not known of the card in a token; nor are `networks`, all that the
    card has, and `chosen_network`, that of a co-badged card which its payer chose.
    """

    network: str | None = None
    last4: str | None = None
    dynamic_last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    fingerprint: str | None = None
    wallet: str | None = None
    chosen_network: str | None = None
    networks: tuple[str, ...] = ()

    @classmethod
    def from_stripe(cls, card: StripeCard) -> "DecidedCard":
        """Return the card that Stripe has."""
        plain = {name: getattr(card, name) for name in cls.__struct_fields__}
        return cls(**plain | {"networks": tuple(sorted(card.networks))})

    @classmethod
    def from_token(cls, facts: CardFacts, *, is_pan: bool) -> "DecidedCard":
        """Return the card of a token: without `is_pan` the number in the token is the device's own,
        which Stripe calls `dynamic_last4`.
        """
        last4, dynamic_last4 = (facts.last4, None) if is_pan else (None, facts.last4)
        return cls(
            network=facts.network,
            last4=last4,
            dynamic_last4=dynamic_last4,
            exp_month=facts.exp_month,
            exp_year=facts.exp_year,
            wallet="google_pay",
        )

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "DecidedCard":
        """Return the stored card."""
        return from_members(cls, {**item, "networks": tuple(item.get("networks", ()))})

    def is_held_alike(self, card: StripeCard) -> bool:
        """Whether it is this card as its payer holds it now: with the same data, for the same
        network, typed or in the same wallet. A fingerprint is of the number alone, and a wallet may
        have the number of a typed card, and be worth less or more.
        """
        held = (self.wallet, self.chosen_network) == (card.wallet, card.chosen_network)
        return held and self.is_charged(card)

    def ran_on_its_network(self, charged: StripeCard) -> bool:
        """Whether a charge ran on the network that the payer chose, or else on one that the card
        has: the choice is the payer's (Regulation (EU) 2015/751, article 8).
        """
        if self.chosen_network is not None:
            return charged.network == self.chosen_network
        if self.networks:
            return charged.network in self.networks
        return self.network is None or self.network in charged.networks

    def is_charged(self, card: StripeCard | None) -> bool:
        """Whether a charge was made with this card. The network is not compared, since a token
        gives it by its number alone, nor the wallet, by which a card stays the same. A device's own
        number has its own expiry, which Stripe does not show.
        """
        expiry = () if self.last4 is None else ("exp_month", "exp_year")
        names = ("fingerprint", "last4", "dynamic_last4", *expiry)
        known = {name: getattr(self, name) for name in names}
        return all(
            getattr(card, name, None) == value for name, value in known.items() if value is not None
        )


def decided_card(signed: SignedCard | None, at_stripe: StripeCard | None) -> DecidedCard | None:
    """Return the card that a payment is held to: that which Stripe has, or else that in a token.
    Raises 409 `card_differs` when the two are not the same.
    """
    if at_stripe is not None:
        if signed is not None:
            _check_same_card(signed, at_stripe)
        return DecidedCard.from_stripe(at_stripe)
    if signed is None or signed.facts is None:
        return None
    return DecidedCard.from_token(signed.facts, is_pan=signed.auth_method == "PAN_ONLY")


def _check_same_card(signed: SignedCard, at_stripe: StripeCard) -> None:
    """Raise 409 `card_differs` for a token of another card. The expiry is compared for a card's own
    number only, since a device's number has its own.
    """
    is_pan = signed.auth_method == "PAN_ONLY"
    is_same = at_stripe.wallet == "google_pay" and is_pan == (at_stripe.dynamic_last4 is None)
    if is_same and signed.facts is not None:
        facts, expiry = signed.facts, (at_stripe.exp_month, at_stripe.exp_year)
        is_same = facts.last4 == (at_stripe.last4 if is_pan else at_stripe.dynamic_last4)
        is_same &= not is_pan or (facts.exp_month, facts.exp_year) == expiry
    if not is_same:
        raise card_differs("Stripe has")
