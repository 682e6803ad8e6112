"""The requests and responses of the step-up calls."""

import time
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from countersign.google_pay.assurance import AuthMethod
from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound
from countersign.step_up import judgment, rules
from countersign.step_up.judgment import Shortfall
from countersign.step_up.order import Order, StatedCard
from countersign.step_up.policy import NextStep
from countersign.step_up.reasons import MEANINGS, Reason
from countersign.step_up.review import ReviewOutcome
from countersign.step_up.rules.countries import COUNTRIES
from countersign.step_up.rules.payment import EvidenceSource
from countersign.step_up.three_d_secure import RequestThreeDSecure


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


def _text_or_object(token: Any) -> Any:
    if not isinstance(token, str | dict):
        raise PydanticCustomError("token", "must be a string or an object, as Google gave it")
    return token


def _two_digits(eci: str) -> str:
    return eci.zfill(2)


Token = Annotated[
    Any,
    AfterValidator(_text_or_object),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
"""A string or an object. A union's errors would point at its members."""
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
PaymentMethodId = Annotated[str, Field(pattern=r"^(pm|card|src)_[A-Za-z0-9_]{1,250}$")]
"""Stripe reads cards of its older APIs as PaymentMethods, too."""
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(max_length=500)]
MOST_METADATA = 50
_NEXT = (
    "`pay`; `confirm`: ask the payer for a confirmation (Secure Payment Confirmation);"
    " `authenticate`: make the payment with 3-D Secure; `another_card`: ask for another card;"
    " `wait_for_review`: hold the payment; `stop`: refuse it"
)
_CAPTURES = (
    "The results of 3-D Secure with which the payment may be captured; `none` is that it was not"
    " tried."
)
_FALLS_SHORT = "; ".join(f"`{word}`: {meaning}" for word, meaning in judgment.MEANINGS.items())
_WHY = "; ".join(f"`{reason}`: {meaning}" for reason, meaning in MEANINGS.items())


class Request(BaseModel):
    """A request without unknown members."""

    model_config = ConfigDict(extra="forbid")


class GooglePay(Request):
    """Google Pay: `payment_data` is what `loadPaymentData` returned, `token` its sealed part."""

    payment_data: dict[str, Any] | None = None
    token: Token | None = None


class ClaimedGooglePay(Request):
    """Google Pay: what `loadPaymentData` returned; no token is opened."""

    payment_data: dict[str, Any]


class Card(Request):
    """What the merchant's server knows about the card."""

    network: Word | None = None
    funding: Word | None = None
    issuer_country: Country | None = None


class PaymentRequest(Request):
    """A payment to decide. The amount is in Stripe's minor unit of the currency; 0 is for a card
    that is saved and not charged. The country of the merchant's account is known from Stripe:
    `acquirer_country` can only raise what is required.
    """

    account_id: Code
    amount: Annotated[int, Field(strict=True)]
    currency: Annotated[str, Field(max_length=3)]
    payer: Code | None = None
    payment_method: Annotated[str, Field(pattern=r"^(pm|card|src)_[A-Za-z0-9_]{1,250}$")] | None = (
        None
    )
    confirmation_token: Annotated[str, Field(pattern=r"^ctoken_[A-Za-z0-9_]{1,245}$")] | None = None
    acquirer_country: Country | None = None
    card: Card = Card()
    off_session: Flag = False
    metadata: Annotated[
        dict[Annotated[str, Field(max_length=40)], Text], Field(max_length=MOST_METADATA)
    ] = {}

    @model_validator(mode="after")
    def _is_of_one_card(self) -> Self:
        if self.payment_method is not None and self.confirmation_token is not None:
            message = "give a payment_method or a confirmation_token, not both"
            raise PydanticCustomError("one_card", message)
        return self

    def order(self) -> Order:
        """Return the order without what Google Pay gave."""
        plain = self.model_dump(exclude={"google_pay", "card", "suppose"})
        return Order(**plain, card=StatedCard(**self.card.model_dump()))


class DecisionRequest(PaymentRequest):
    """A payment to decide."""

    google_pay: GooglePay | None = None


class AssuranceView(BaseModel):
    """What Google says about the cardholder; null for what it does not say."""

    account_verified: bool | None
    card_holder_authenticated: bool | None


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


class StripeOptions(BaseModel):
    """What to set as `request_three_d_secure` in `payment_method_options[card]` of the
    PaymentIntent: without a sufficient confirmation by the payer, and with one.
    """

    request_three_d_secure: RequestThreeDSecure
    after_confirmation: RequestThreeDSecure


class GooglePayRequest(BaseModel):
    """What to ask Google Pay for: a card that can do 3-D Secure."""

    allowedAuthMethods: list[AuthMethod]  # noqa: N815 (Google's name)


class DecidedCard(BaseModel):
    """The card that the payment must be made with; `dynamic_last4` is of a device's own number."""

    network: str | None
    last4: str | None
    dynamic_last4: str | None
    exp_month: int | None
    exp_year: int | None
    fingerprint: str | None
    wallet: str | None


class ConfirmationResult(BaseModel):
    """The payer's confirmation to us."""

    ceremony_id: str
    status: CeremonyStatus
    browser_bound: BrowserBound | None
    step_up_required: bool | None
    authenticated_at: int | None


class PaymentResult(BaseModel):
    """The payment as Stripe has it; `eci` is the network's own. `differs` names what the decision
    relied on and Stripe knows otherwise, `last_error` is Stripe's code for the last attempt that
    failed.
    """

    payment_intent: str
    status: str
    charged_at: int | None
    amount_received: int
    amount_captured: int
    amount_refunded: int
    disputed: bool
    three_d_secure: dict[str, str | bool | None] | None
    eci: str | None
    last_error: str | None
    differs: list[Literal["issuer_country", "network", "funding", "wallet"]]


class Results(BaseModel):
    """What became of a decision: whether its payment was made as decided, and why not. `fulfilled`
    is null until money was captured.
    """

    spc: ConfirmationResult | None = None
    payment: PaymentResult | None = None
    fulfilled: bool | None = None
    reasons: Annotated[list[Shortfall], Field(description=_FALLS_SHORT)] = []


class SimulationView(BaseModel):
    """What a payment needs, why, and by which rule."""

    account_id: str
    amount: int
    currency: str
    payer: str | None
    outcome: rules.Outcome
    next: Annotated[NextStep, Field(description=_NEXT)]
    google_pay: Annotated[
        GooglePayRequest | None, Field(description="With `another_card`, for Google Pay.")
    ]
    reasons: Annotated[list[Reason], Field(description=_WHY)]
    rule: str
    rules_version: str
    evidence: EvidenceSource
    methods: list[rules.Method]
    auth_method: AuthMethod | None
    assurance: AssuranceView | None
    stripe: StripeOptions
    captures: Annotated[list[rules.Capture], Field(description=_CAPTURES)]
    captures_after_confirmation: Annotated[
        list[rules.Capture], Field(description="The same, with a sufficient confirmation.")
    ]
    card: DecidedCard | None
    inputs: Annotated[dict[str, Any], Field(description="The payment as the rules saw it.")]


class ReviewView(BaseModel):
    """How a review has ended. What follows from it is in the decision: a review does not lower the
    floor.
    """

    outcome: ReviewOutcome
    ended_at: int
    note: str | None


class DecisionView(SimulationView):
    """A stored decision. Times are Unix seconds; it may be used until `expires_at`. `review` is
    null unless it waited for one that has ended.
    """

    id: str
    created: int
    expires_at: int
    results: Results
    review: ReviewView | None


class DecisionList(BaseModel):
    """Decisions, newest first."""

    data: list[DecisionView]
    next_cursor: str | None


class ResultRequest(Request):
    """What the payment was made with. Both are read, from us and from Stripe."""

    ceremony_id: Code | None = None
    payment_intent: Annotated[str, Field(pattern=r"^pi_[A-Za-z0-9_]{1,250}$")] | None = None


class ReviewRequest(Request):
    """The end of a review. The `note` is kept with the decision and shown with it: name nobody."""

    outcome: ReviewOutcome
    note: Text | None = None
