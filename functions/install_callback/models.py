"""The requests and responses of the calls about installations."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from countersign.http.request_model import Request


class CreateLink(Request):
    """A request for an install link."""

    return_to: Annotated[
        str | None,
        Field(
            description="Where the browser goes once the account is connected, a URL of"
            " ALLOWED_RETURN_URLS."
        ),
    ] = None


class InstallLink(BaseModel):
    """A link to Stripe's marketplace that works once, in this browser. Times are Unix seconds."""

    url: str
    expires_at: int


class EditInstallation(Request):
    """The members to set. `null` removes a member."""

    payee_name: Annotated[
        str | None, Field(description="The name that payers are shown, at most 64 characters.")
    ] = None
    payee_origin: Annotated[
        str | None,
        Field(
            description="The https origin that payers are shown. To prove it, serve"
            ' {"accounts": ["acct_…"]} at /.well-known/countersign.json on it.'
        ),
    ] = None
    checkout_origins: Annotated[
        list[str] | None,
        Field(description="The origins of the pages that may ask for a confirmation."),
    ] = None
    clients: Annotated[
        list[str] | None, Field(description="The token subjects that may act for the account.")
    ] = None


class Confirm(Request):
    """The confirmation that the callback put into the fragment of the browser's address."""

    confirmation: Annotated[str, Field(max_length=255)]


class InstallationView(BaseModel):
    """An installation as its holder sees it. Times are Unix seconds by Stripe's clock."""

    account_id: str
    installed_by: str
    livemode: bool
    livemode_confirmed: bool
    status: Literal["installed", "uninstalled"]
    payee_name: str | None
    payee_origin: str | None
    payee_verified: bool
    checkout_origins: list[str]
    clients: list[str]
    reachable: Annotated[
        bool,
        Field(description="Whether Stripe lets this deployment act for the account at present."),
    ]
    permissions_missing: Annotated[
        list[str],
        Field(description="The permissions of the app that the merchant has yet to agree to."),
    ]
    installed_at: int
    uninstalled_at: int | None


class InstallationList(BaseModel):
    """One page, newest first. `next_cursor` is null on the last page."""

    data: list[InstallationView]
    next_cursor: str | None
