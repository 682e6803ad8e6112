"""The responses of the payment calls."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from countersign.payments.status import Liability, Next, Proof, Status


class ShownTotal(BaseModel):
    """The amount as the payer is shown it."""

    value: str
    currency: str


class SpcView(BaseModel):
    """What the payer's browser shows, as `POST /spc-auth-request` returns it."""

    ceremony_id: str
    request: dict[str, Any]
    total: ShownTotal


class CreatedPaymentView(BaseModel):
    """A payment that was created. `next` says what to do with it; `spc` is there where the payer is
    asked to confirm.
    """

    id: str
    status: Status
    next: Next | None
    reference: str
    decision: str | None
    spc: SpcView | None = None


class IntentView(BaseModel):
    """The PaymentIntent. Its `client_secret` is there where the payer has to act: hand it to the
    payer's browser and to nobody else. Its `status` is null while it is not known.
    """

    id: str
    client_secret: str | None = None
    status: str | None = None


class ErrorView(BaseModel):
    """Why the last attempt failed, by Stripe's codes (https://docs.stripe.com/declines/codes)."""

    code: str | None
    decline_code: str | None


class ConfirmedPaymentView(BaseModel):
    """A payment after a confirmation. With `next: act` the page acts on `payment_intent`."""

    id: str
    status: Status
    next: Next | None
    reason: str | None
    last_error: ErrorView | None
    payment_intent: IntentView | None
    spc: SpcView | None = None


class StepView(BaseModel):
    """One step of a payment: what was done, when (Unix seconds), and what the payment became."""

    model_config = ConfigDict(extra="allow")

    at: int
    did: str
    status: Status


class PaymentView(BaseModel):
    """A payment. Times are Unix seconds, amounts in Stripe's minor unit of the currency. `unproven`
    marks one that somebody else captured. `liability` is who bears a fraud dispute, as far as
    3-D Secure tells.
    """

    id: str
    status: Status
    next: Next | None
    reason: str | None
    account_id: str
    reference: str
    amount: int
    currency: str
    payer: str | None
    customer: str | None
    application_fee_amount: int | None
    description: str | None
    metadata: dict[str, str]
    decision: str | None
    proof: Proof | None
    ceremony_id: str | None
    payment_intent: str | None
    last_error: ErrorView | None
    amount_captured: int
    amount_refunded: int
    disputed: bool
    three_d_secure: str | None
    liability: Liability
    unproven: bool
    created: int
    ended_at: int | None
    expires_at: int
    steps: list[StepView]


class PaymentList(BaseModel):
    """A page of payments, newest first."""

    data: list[PaymentView]
    next_cursor: str | None
