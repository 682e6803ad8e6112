"""The requests and responses of the calls that register a payment credential."""

from typing import Annotated, Any

from models import Code, Credential, Signature
from pydantic import BaseModel, Field

from countersign.http.request_model import Request

Ticket = Annotated[str, Field(max_length=255, description="A registration ticket.")]


class BeginRegistration(Request):
    """A registration to begin."""


class CreateTicket(Request):
    """A ticket for one registration of the caller's, or of the person whom the business names."""

    account_id: Annotated[
        Code | None,
        Field(description="The merchant whose checkout origins may frame the wallet's page."),
    ] = None
    user_id: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="The person, by the subject (`sub`) of their tokens. For operators.",
        ),
    ] = None
    identified: Annotated[
        bool,
        Field(
            strict=True,
            description="The business has identified this person within the last five minutes:"
            " the browser that registers is trusted everywhere. For operators.",
        ),
    ] = False


class RegistrationTicket(BaseModel):
    """A ticket, which counts until `expires_at` (Unix seconds), and once."""

    ticket: str
    expires_at: int


class RegistrationOptions(BaseModel):
    """The options for `navigator.credentials.create()`, to be read with
    `PublicKeyCredential.parseCreationOptionsFromJSON()`.
    """

    ceremony_id: str
    publicKey: dict[str, Any]  # noqa: N815  the browser's own name


class FinishRegistration(Request):
    """The browser's response to a registration."""

    ceremony_id: Code
    credential: Credential = None
    browser_bound_signature: Signature = None


class BeginFramedRegistration(Request):
    """A registration to begin with a ticket."""

    ticket: Ticket


class FinishFramedRegistration(FinishRegistration):
    """The browser's response to a registration that was begun with this ticket."""

    ticket: Ticket


class RegisteredCredential(BaseModel):
    """A registered payment credential."""

    credential_id: str
    created: int
    backed_up: bool
    browser_bound: bool
