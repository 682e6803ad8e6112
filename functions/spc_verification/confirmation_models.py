"""The requests and responses of the calls that confirm a payment."""

from typing import Annotated, Any, Literal

from models import Code, Credential, Signature, Total
from pydantic import BaseModel, Field

from countersign.http.request_model import Request
from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound
from countersign.spc.protocol.display import (
    LONGEST_DETAILS,
    LONGEST_ICON,
    LONGEST_LOGO,
    LONGEST_NAME,
    MOST_LOGOS,
)


def _at_most(characters: int) -> Any:
    """Say how long a member may be. It is checked with all that a dialog shows (`display`)."""
    return Field(json_schema_extra={"maxLength": characters})


class InstrumentToShow(Request):
    """What the payer pays with; the icon is an https: or data: URL."""

    display_name: Annotated[str, _at_most(LONGEST_NAME)]
    icon: Annotated[str, _at_most(LONGEST_ICON)]
    icon_must_be_shown: Annotated[bool, Field(strict=True)] = True
    details: Annotated[str, _at_most(LONGEST_DETAILS)] | None = None


class LogoToShow(Request):
    """A logo of a payment entity; its URL is an https: or data: URL."""

    url: Annotated[str, _at_most(LONGEST_LOGO)]
    label: Annotated[str, _at_most(LONGEST_NAME)]


class AskConfirmation(Request):
    """One payment to confirm; the amount is in Stripe's minor unit of the currency."""

    payer: Code
    account_id: Code
    amount: Annotated[int, Field(strict=True)]
    currency: Annotated[str, Field(max_length=3)]
    instrument: InstrumentToShow
    payment_entities_logos: Annotated[
        list[LogoToShow], Field(json_schema_extra={"maxItems": MOST_LOGOS})
    ] = []  # noqa: RUF012  Pydantic copies it
    payment_method: Annotated[
        str | None,
        Field(
            max_length=255,
            description="The card of the payment, where it is known: Stripe's PaymentMethod."
            " Without it, only a browser that is trusted everywhere needs no step-up.",
        ),
    ] = None
    caller_origin: str | None = None
    top_origin: str | None = None


class ConfirmationDialog(BaseModel):
    """What a shop's page passes to `new PaymentRequest()`, with the method
    `secure-payment-confirmation`.
    """

    ceremony_id: str
    available: Literal[True]
    request: dict[str, Any]
    total: Total


class NoConfirmation(BaseModel):
    """The payer has nothing to confirm with; `fallback` says what to do instead."""

    available: Literal[False]
    fallback: Literal["3ds"]


class AnswerConfirmation(Request):
    """The browser's response to a confirmation."""

    ceremony_id: Code
    credential: Credential = None
    browser_bound_signature: Signature = None


class Confirmed(BaseModel):
    """The payer approved exactly this payment."""

    success: Literal[True]
    ceremony_id: str
    credential_id: str
    browser_bound: BrowserBound
    backed_up: bool
    step_up_required: bool


class VerdictView(BaseModel):
    """What became of a confirmation; times are Unix seconds."""

    ceremony_id: str
    status: CeremonyStatus
    account_id: str
    payer: str
    amount: int
    currency: str
    created: int
    expires_at: int
    authenticated_at: int | None
    credential_id: str | None
    browser_bound: BrowserBound | None
    backed_up: bool | None
    step_up_required: bool | None


class OptOut(Request):
    """The ceremony in which the payer opted out."""

    ceremony_id: Code
