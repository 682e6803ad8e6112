"""The requests and responses of the calls about a payer's credentials, browsers and merchants."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from countersign.http.request_model import Request

Code = Annotated[str, Field(max_length=255)]
Credential = Annotated[Any, Field(description="What `PublicKeyCredential.toJSON()` returns.")]
Signature = Annotated[
    Any,
    Field(description="The browser bound signature, in base64url. `toJSON()` leaves it out."),
]


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
