"""The requests and responses of Secure Payment Confirmation's calls."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from countersign.spc.ceremony_record import CeremonyStatus
from countersign.spc.payment_ceremony import BrowserBound
from countersign.spc.protocol.display import (
    LONGEST_DETAILS,
    LONGEST_ICON,
    LONGEST_LOGO,
    LONGEST_NAME,
    MOST_LOGOS,
)

Code = Annotated[str, Field(max_length=255)]
Credential = Annotated[Any, Field(description="What `PublicKeyCredential.toJSON()` returns.")]
Signature = Annotated[
    Any,
    Field(description="The browser bound signature, in base64url. `toJSON()` leaves it out."),
]


def _at_most(characters: int) -> Any:
    """Say how long a member may be. It is checked with all that a dialog shows (`display`)."""
    return Field(json_schema_extra={"maxLength": characters})


class Request(BaseModel):
    """A request, which has no members but its own."""

    model_config = ConfigDict(extra="forbid")


class BrowserView(BaseModel):
    """A browser that a credential was used in. It is `trusted` for payments everywhere, or for some
    cards at these accounts.
    """

    id: str
    status: Literal["trusted", "pending"]
    everywhere: bool
    accounts: list[str]
    created: int


class TrustView(BaseModel):
    """What a credential itself is trusted for, in a browser that binds no key."""

    everywhere: bool
    accounts: list[str]


class CredentialView(BaseModel):
    """A payment credential as its owner sees it; times are Unix seconds. One that is `suspended`
    can never answer again: register another.
    """

    credential_id: str
    created: int
    last_used: int | None
    backed_up: bool
    suspended: bool
    trusted: TrustView
    browser_keys: list[BrowserView]


class CredentialList(BaseModel):
    """All of the caller's payment credentials, newest first."""

    data: list[CredentialView]
    next_cursor: str | None


class Total(BaseModel):
    """The amount as the browser shows it."""

    value: str
    currency: str


class ApprovalDialog(BaseModel):
    """What the wallet's page passes to `new PaymentRequest()` in a trusted browser."""

    ceremony_id: str
    request: dict[str, Any]
    total: Total


class TrustBrowser(Request):
    """A trusted browser's response to an approval; nothing else makes a browser trusted here."""

    ceremony_id: Code | None = None
    credential: Credential = None
    browser_bound_signature: Signature = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.ceremony_id is None and (self.credential or self.browser_bound_signature):
            raise PydanticCustomError("missing", "an answer needs its ceremony_id")
        return self


class AllowMerchant(Request):
    """The merchant that may ask the caller for confirmations."""

    account_id: Code
    return_to: Annotated[
        str | None,
        Field(description="Where the page goes on to: an allowed URL, or a page of the shop's."),
    ] = None


class PayerHandle(BaseModel):
    """The caller's handle at a merchant, and where the page may go on to with it."""

    payer: str
    return_to: str | None


class MerchantView(BaseModel):
    """A merchant, and whether it may ask the caller for confirmations."""

    account_id: str
    payee_name: str | None
    payee_origin: str | None
    status: Literal["none", "active", "suspended"]
    created: int | None


class MerchantList(BaseModel):
    """The merchants that the caller has allowed, newest first."""

    data: list[MerchantView]
    next_cursor: str | None


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
    ] = []
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
