"""Every kind of card that a payment can be made with, for the tables of decisions."""

from dataclasses import dataclass
from typing import Any

from countersign.google_pay.assurance import Assurance
from countersign.google_pay.payload import SignedCard
from countersign.step_up.evidence import Surroundings, weigh_evidence
from countersign.step_up.order import Order
from countersign.step_up.rules.payment import Payment
from countersign.step_up.saving import SavingProof
from countersign.step_up.stripe_card import StripeCard

_DENIED = {"paymentMethodData": {"info": {"assuranceDetails": {"accountVerified": True}}}}
"""What a browser says that does not say both flags."""


@dataclass(frozen=True)
class Instrument:
    """A card, and what is said of it. `is_token` is a device token; without `is_read` Stripe has
    not read the card.
    """

    name: str
    assurance: str = "none"
    wallet: str | None = None
    is_token: bool = False
    is_read: bool = True
    signed: SignedCard | None = None
    payment_data: dict[str, Any] | None = None
    funding: str = "credit"

    @property
    def can_be_saved(self) -> bool:
        """Whether it can be charged without its payer: a token is of the moment."""
        return self.signed is None and self.payment_data is None and self.is_read

    def present(
        self, place: tuple[str, str], amount: int, *, first_seen: bool = True
    ) -> tuple[Payment, ...]:
        """Return the views of a payment with it. `place` is the countries of issuer and account."""
        return self._weighed(
            place,
            Order("acct_1", amount, "usd", payment_data=self.payment_data),
            Surroundings(place[1], first_seen),
        )

    def absent(
        self, place: tuple[str, str], amount: int, saving: SavingProof | None
    ) -> tuple[Payment, ...]:
        """Return the views of a payment without its payer."""
        order = Order("acct_1", amount, "usd", off_session=True)
        return self._weighed(place, order, Surroundings(place[1], saving=saving))

    def _weighed(
        self, place: tuple[str, str], order: Order, around: Surroundings
    ) -> tuple[Payment, ...]:
        last4 = "3478" if self.is_token else None
        card = StripeCard("visa", self.funding, place[0], "4242", last4, 12, 2030, self.wallet)
        at_stripe = card if self.is_read else None
        return weigh_evidence(order, self.signed, at_stripe, around).views


def _signed(*, authenticated: bool, is_pan: bool = False) -> SignedCard:
    assurance = Assurance(account_verified=True, card_holder_authenticated=authenticated)
    return SignedCard("PAN_ONLY" if is_pan else "CRYPTOGRAM_3DS", assurance, None, None)


def _token(assurance: str, **members: Any) -> Instrument:
    name = "Google Pay, device token"
    return Instrument(name, assurance, wallet="google_pay", is_token=True, **members)


def _pan_only(assurance: str, signed: SignedCard | None = None) -> Instrument:
    return Instrument("Google Pay, `PAN_ONLY`", assurance, wallet="google_pay", signed=signed)


_FULL, _PARTIAL = _signed(authenticated=True), _signed(authenticated=False)
INSTRUMENTS = (
    Instrument("typed card"),
    Instrument("typed card, prepaid", funding="prepaid"),
    Instrument("Apple Pay", wallet="apple_pay", is_token=True),
    _token("not told"),
    _token("less, by the browser", payment_data=_DENIED),
    _token("both, signed", signed=_FULL),
    _token("both, signed; less, by the browser", signed=_FULL, payment_data=_DENIED),
    _token("less, signed", signed=_PARTIAL),
    _pan_only("not told"),
    _pan_only("both, signed", _signed(authenticated=True, is_pan=True)),
    Instrument("Google Pay, not read", "less, by the browser", is_read=False, payment_data=_DENIED),
    Instrument("card not named", is_read=False),
)
