"""The responses of the step-up calls."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from countersign.google_pay.assurance import AuthMethod
from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound
from countersign.step_up import judgment, rules
from countersign.step_up.judgment import Shortfall
from countersign.step_up.policy import NextStep
from countersign.step_up.reasons import MEANINGS, Reason
from countersign.step_up.review import ReviewOutcome
from countersign.step_up.rules.payment import EvidenceSource
from countersign.step_up.three_d_secure import RequestThreeDSecure

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


class AssuranceView(BaseModel):
    """What Google says about the cardholder; null for what it does not say."""

    account_verified: bool | None
    card_holder_authenticated: bool | None


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
