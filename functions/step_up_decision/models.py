"""The requests of the step-up calls."""

import time
from typing import Annotated, Any

from msgspec.structs import replace
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from countersign.google_pay.assurance import AuthMethod
from countersign.http.request_model import Flag, Request
from countersign.step_up.card_models import GooglePay, NamedCardRequest
from countersign.step_up.order import Order, StatedCard
from countersign.step_up.review import ReviewOutcome
from countersign.step_up.rules.countries import COUNTRIES


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError(
            "country", "must be a country's code in ISO 3166-1, such as FR or GB"
        )
    return code


def _possible_day(day: str) -> str:
    try:
        time.strptime(day, "%Y-%m-%d")
    except ValueError as error:
        raise PydanticCustomError("day", "must be a day, such as 2026-11-22") from error
    return day


def _two_digits(eci: str) -> str:
    return eci.zfill(2)


Code = Annotated[str, Field(max_length=255)]
Country = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True),
    AfterValidator(_known_country),
    Field(examples=["FR"]),
]
Day = Annotated[str, AfterValidator(_possible_day)]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$", to_lower=True)]
Eci = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$"), AfterValidator(_two_digits)]
"""Some leave out a leading 0."""
Text = Annotated[str, Field(max_length=500)]
MOST_METADATA = 50


class ClaimedGooglePay(Request):
    """Google Pay: what `loadPaymentData` returned; no token is opened."""

    payment_data: dict[str, Any]


class Card(Request):
    """What the merchant's server knows about the card."""

    network: Word | None = None
    funding: Word | None = None
    issuer_country: Country | None = None


class PaymentRequest(NamedCardRequest):
    """A payment to decide. The amount is in Stripe's minor unit of the currency; 0 is for a card
    that is saved and not charged. The country of the merchant's account is known from Stripe:
    `acquirer_country` can only raise what is required.
    """

    account_id: Code
    amount: Annotated[int, Field(strict=True)]
    currency: Annotated[str, Field(max_length=3)]
    payer: Code | None = None
    acquirer_country: Country | None = None
    card: Card = Card()
    off_session: Flag = False
    metadata: Annotated[
        dict[Annotated[str, Field(max_length=40)], Text], Field(max_length=MOST_METADATA)
    ] = {}  # noqa: RUF012  Pydantic copies it

    def order(self) -> Order:
        """Return the order without what Google Pay gave."""
        plain = self.model_dump(exclude={"google_pay", "card", "suppose"})
        return Order(**plain, card=StatedCard(**self.card.model_dump()))


class DecisionRequest(PaymentRequest):
    """A payment to decide."""

    google_pay: GooglePay | None = None

    def order(self) -> Order:
        """Return the order with what Google Pay gave."""
        given = self.google_pay.given() if self.google_pay else {}
        return replace(super().order(), **given)


class Supposed(Request):
    """A Google Pay token to suppose, as if it had been opened."""

    auth_method: AuthMethod
    account_verified: Flag | None = None
    card_holder_authenticated: Flag | None = None
    eci: Eci | None = None


class SimulationRequest(PaymentRequest):
    """A payment to try the rules on. A token is supposed, not used up."""

    google_pay: ClaimedGooglePay | None = None
    suppose: Supposed | None = None

    def order(self) -> Order:
        """Return the order with what the browser was given, and without a token."""
        given = self.google_pay
        return replace(super().order(), payment_data=given.payment_data if given else None)


class ResultRequest(Request):
    """What the payment was made with. Both are read, from us and from Stripe."""

    ceremony_id: Code | None = None
    payment_intent: Annotated[str, Field(pattern=r"^pi_[A-Za-z0-9_]{1,250}$")] | None = None


class ReviewRequest(Request):
    """The end of a review. The `note` is kept with the decision and shown with it: name nobody."""

    outcome: ReviewOutcome
    note: Text | None = None
